package io.mlp.local;

import io.mlp.local.servers.AmqpBroker;
import io.mlp.local.servers.PostgresServer;
import io.mlp.local.servers.RedisServer;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a person needs to know once everything runs, ending with one line to paste.
 *
 * @param api where jobs go
 * @param metrics the Prometheus pages, each with whose it is
 * @param postgres lines for people and tools
 * @param redis its address
 * @param amqp its address
 * @param models served and failed ones
 * @param data the folder that is kept
 * @param readyAfter since the process began
 * @param example the line to paste, if a model gives one
 */
record Banner(
    URI api,
    List<String> metrics,
    List<String> postgres,
    String redis,
    String amqp,
    List<String> models,
    Path data,
    Duration readyAfter,
    Optional<String> example) {
  static List<String> lines(PostgresServer postgres) {
    return List.of(
        "%s (user %s, password %s)"
            .formatted(postgres.jdbcUrl(), postgres.user(), postgres.password()),
        "psql postgresql://%s:%s@%s:%d/%s"
            .formatted(
                postgres.user(),
                postgres.password(),
                postgres.host(),
                postgres.port(),
                postgres.database()));
  }

  static String line(RedisServer redis) {
    return "redis://%s:%d (keeps nothing)".formatted(redis.host(), redis.port());
  }

  static String line(AmqpBroker broker) {
    return "amqp://%s:%s@%s:%d/%s (keeps nothing)"
        .formatted(
            broker.user(), broker.password(), broker.host(), broker.port(), broker.virtualHost());
  }

  static List<String> lines(Catalogue catalogue) {
    List<String> lines = new ArrayList<>(List.of(String.join(", ", catalogue.in("ready"))));
    List<String> failed = catalogue.in("failed");
    if (!failed.isEmpty()) {
      lines.add("failed to load: " + String.join(", ", failed) + " (see /v1/models)");
    }
    return lines;
  }

  String text() {
    StringBuilder text = new StringBuilder(System.lineSeparator());
    line(text, "MLP is ready after %.1f s.".formatted(readyAfter.toMillis() / 1000.0));
    line(text, "");
    rows(text, "api", List.of(api.toString()));
    rows(text, "docs", List.of(api.resolve("/docs").toString()));
    rows(text, "models", models);
    rows(text, "PostgreSQL", postgres);
    rows(text, "Redis", List.of(redis));
    rows(text, "AMQP", List.of(amqp));
    rows(text, "metrics", metrics);
    rows(text, "data", List.of(data + ", kept over restarts; stop and delete it to begin anew"));
    line(text, "");
    line(
        text, "For trying and developing; docker compose is for running. Ctrl-C stops everything.");
    example.ifPresent(command -> {
      line(text, "Try it:");
      line(text, "");
      line(text, command);
    });
    return text.toString();
  }

  private static void rows(StringBuilder text, String name, List<String> values) {
    String label = name;
    for (String value : values) {
      line(text, String.format(Locale.ROOT, "  %-12s%s", label, value));
      label = "";
    }
  }

  private static void line(StringBuilder text, String line) {
    text.append(line).append(System.lineSeparator());
  }
}
