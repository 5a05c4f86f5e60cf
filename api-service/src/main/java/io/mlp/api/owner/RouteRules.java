package io.mlp.api.owner;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;
import org.springframework.web.util.ServletRequestPathUtils;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/** Who may use which route. A route that is not in this table is refused to everybody. */
final class RouteRules implements AuthorizationManager<RequestAuthorizationContext> {
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

    private boolean allows(@Nullable Authentication authentication) {
      return needs == null
          || (authentication instanceof CallerFilter.Known known
              && known.getPrincipal().role().covers(needs));
    }
  }

  private static Rule rule(String method, String path, @Nullable Role needs) {
    return rule(method, path, needs, Quota.READS);
  }

  private static Rule rule(String method, String path, @Nullable Role needs, Quota quota) {
    return new Rule(
        HttpMethod.valueOf(method), PathPatternParser.defaultInstance.parse(path), needs, quota);
  }

  /** Of which of its limits a request takes. */
  static Quota quota(HttpServletRequest request) {
    HttpMethod method = HttpMethod.valueOf(request.getMethod());
    return of(request)
        .filter(rule -> rule.serves(method))
        .findFirst()
        .map(Rule::quota)
        .orElse(Quota.READS);
  }

  static List<Rule> table() {
    return TABLE;
  }

  @Override
  public AuthorizationDecision authorize(
      Supplier<? extends @Nullable Authentication> authentication,
      RequestAuthorizationContext context) {
    HttpServletRequest request = context.getRequest();
    HttpMethod method = HttpMethod.valueOf(request.getMethod());
    return new AuthorizationDecision(
        of(request)
            .filter(rule -> rule.serves(method))
            .findFirst()
            .filter(rule -> rule.allows(authentication.get()))
            .isPresent());
  }

  /** The role that this request would need, if its path has such a method and that is not open. */
  static Optional<Role> needed(HttpServletRequest request) {
    HttpMethod method = HttpMethod.valueOf(request.getMethod());
    return of(request)
        .filter(rule -> rule.serves(method))
        .findFirst()
        .flatMap(rule -> Optional.ofNullable(rule.needs));
  }

  /** The methods that its path has, whoever may use them. */
  static List<String> methods(HttpServletRequest request) {
    return of(request)
        .flatMap(rule ->
            rule.method.equals(HttpMethod.GET)
                ? Stream.of(rule.method, HttpMethod.HEAD)
                : Stream.of(rule.method))
        .map(HttpMethod::name)
        .distinct()
        .toList();
  }

  /** The rules of its path; where several match it, of the most specific. */
  private static Stream<Rule> of(HttpServletRequest request) {
    PathContainer path = ServletRequestPathUtils.parseAndCache(request).pathWithinApplication();
    List<Rule> matching = TABLE.stream().filter(rule -> rule.path.matches(path)).toList();
    if (matching.size() < 2) {
      return matching.stream();
    }
    PathPattern best = matching.stream().map(Rule::path).min(PathPattern::compareTo).orElseThrow();
    return matching.stream().filter(rule -> rule.path.equals(best));
  }
}
