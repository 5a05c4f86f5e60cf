package io.mlp.api.owner;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.groupingBy;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.ServletRequestPathUtils;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/** Who may use which route. A route that is not in this table is refused to everybody. */
final class RouteRules {
  /** The role that a route wants; null for none, not even a key. */
  private static final @Nullable Role OPEN = null;

  private static final List<Rule> TABLE =
      List.of(
          rule("POST", "/v1/jobs", Role.SUBMIT, Quota.JOBS),
          rule("GET", "/v1/jobs/{id}", Role.READ),
          rule("GET", "/v1/jobs/{id}/result", Role.READ),
          rule("GET", "/v1/jobs", Role.READ),
          rule("DELETE", "/v1/jobs/{id}", Role.SUBMIT),
          rule("POST", "/v1/jobs/{id}/cancel", Role.SUBMIT),
          rule("POST", "/v1/jobs/{id}/retry", Role.SUBMIT, Quota.JOBS),
          rule("GET", "/v1/models", Role.READ),
          rule("GET", "/v1/models/{name}", Role.READ),
          rule("GET", "/v1/queues", Role.READ),
          rule("GET", "/v1/keys/self", Role.READ),
          rule("GET", "/v1/keys", Role.ADMIN),
          rule("POST", "/v1/keys", Role.ADMIN),
          rule("GET", "/v1/keys/{id}", Role.ADMIN),
          rule("PATCH", "/v1/keys/{id}", Role.ADMIN),
          rule("POST", "/v1/keys/{id}/rotate", Role.ADMIN),
          rule("POST", "/v1/keys/{id}/revoke", Role.ADMIN),
          rule("GET", "/v1/audit", Role.ADMIN),
          rule("GET", "/v2/health/live", OPEN),
          rule("GET", "/v2/health/ready", OPEN),
          rule("GET", "/", OPEN),
          rule("GET", "/docs", OPEN),
          rule("GET", "/docs/", OPEN),
          rule("GET", "/docs/{file}", OPEN),
          rule("GET", "/docs/problems/{name}", OPEN),
          rule("GET", "/openapi.yaml", OPEN));

  /**
   * A row of the table. A {@code GET} stands for {@code HEAD}, too.
   *
   * @param needs null for an open route
   * @param quota of which of its limits a key takes
   */
  record Rule(HttpMethod method, PathPattern path, @Nullable Role needs, Quota quota) {
    private boolean serves(HttpMethod wanted) {
      return method.equals(wanted)
          || (method.equals(HttpMethod.GET) && wanted.equals(HttpMethod.HEAD));
    }
  }

  /** The rows of a path. */
  private record Route(PathPattern path, List<Rule> rules) {}

  /** The most specific first, by how many segments their paths have. */
  private static final Map<Integer, List<Route>> ROUTES =
      TABLE.stream().collect(groupingBy(Rule::path)).entrySet().stream()
          .map(path -> new Route(path.getKey(), path.getValue()))
          .sorted(comparing(Route::path))
          .collect(groupingBy(route -> segments(route.path.getPatternString())));

  private RouteRules() {}

  private static Rule rule(String method, String path, @Nullable Role needs) {
    return rule(method, path, needs, Quota.READS);
  }

  private static Rule rule(String method, String path, @Nullable Role needs, Quota quota) {
    return new Rule(
        HttpMethod.valueOf(method), PathPatternParser.defaultInstance.parse(path), needs, quota);
  }

  static List<Rule> table() {
    return TABLE;
  }

  /** The rule of a request; empty if its path has no such method, or is none. */
  static Optional<Rule> of(HttpServletRequest request) {
    HttpMethod method = HttpMethod.valueOf(request.getMethod());
    for (Rule rule : rules(request)) {
      if (rule.serves(method)) {
        return Optional.of(rule);
      }
    }
    return Optional.empty();
  }

  /** The methods that its path has, whoever may use them. */
  static List<String> methods(HttpServletRequest request) {
    return rules(request).stream()
        .flatMap(rule ->
            rule.method.equals(HttpMethod.GET)
                ? Stream.of(rule.method, HttpMethod.HEAD)
                : Stream.of(rule.method))
        .map(HttpMethod::name)
        .distinct()
        .toList();
  }

  private static List<Rule> rules(HttpServletRequest request) {
    PathContainer path = ServletRequestPathUtils.parseAndCache(request).pathWithinApplication();
    for (Route route : ROUTES.getOrDefault(segments(path.value()), List.of())) {
      if (route.path.matches(path)) {
        return route.rules;
      }
    }
    return List.of();
  }

  /** Those between slashes: no pattern of the table matches more or fewer than it has. */
  private static int segments(String path) {
    int slashes = 0;
    for (int at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
      slashes++;
    }
    return slashes;
  }
}
