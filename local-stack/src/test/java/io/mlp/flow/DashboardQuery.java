package io.mlp.flow;

import io.mlp.local.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A query of one of Grafana's dashboards.
 *
 * @param panel whose it is, with its dashboard
 * @param text as it stands there, with Grafana's variables and macros
 */
record DashboardQuery(String panel, String text) {
  /** All that ask Prometheus. */
  static List<DashboardQuery> prometheus() {
    return in("expr");
  }

  /** All that ask PostgreSQL. */
  static List<DashboardQuery> sql() {
    return in("rawSql");
  }

  private static List<DashboardQuery> in(String field) {
    Path dashboards = Checkout.locate().root().resolve("grafana/dashboards");
    try (Stream<Path> files = Files.walk(dashboards)) {
      return files
          .filter(file -> file.toString().endsWith(".json"))
          .sorted()
          .flatMap(file -> in(file, field))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<DashboardQuery> in(Path file, String field) {
    JsonNode dashboard = JsonMapper.shared().readTree(file);
    String title = dashboard.path("title").asString();
    return dashboard.findParents("targets").stream()
        .flatMap(panel -> {
          String name = title + ", " + panel.path("title").asString();
          return panel
              .path("targets")
              .valueStream()
              .map(target -> target.path(field))
              .filter(JsonNode::isString)
              .map(query -> new DashboardQuery(name, query.asString()));
        });
  }

  @Override
  public String toString() {
    return panel + ": " + text;
  }
}
