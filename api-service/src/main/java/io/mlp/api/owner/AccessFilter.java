package io.mlp.api.owner;

import io.mlp.api.problem.ProblemException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.springframework.http.HttpMethod;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/**
 * Lets a request pass whose caller may use its route and has not used up its rate, before anything
 * of the request is read. Spring Security forgets the caller at the request's end.
 */
final class AccessFilter extends OncePerRequestFilter {
  private final Callers callers;
  private final RateLimiter rates;
  private final HandlerExceptionResolver problems;

  AccessFilter(Callers callers, RateLimiter rates, HandlerExceptionResolver problems) {
    this.callers = callers;
    this.rates = rates;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    try {
      admit(request, response);
    } catch (ProblemException
        | NoResourceFoundException
        | HttpRequestMethodNotSupportedException refusal) {
      problems.resolveException(request, response, null, refusal);
      return;
    }
    chain.doFilter(request, response);
  }

  private void admit(HttpServletRequest request, HttpServletResponse response)
      throws NoResourceFoundException, HttpRequestMethodNotSupportedException {
    // A key that is sent has to be good, even where none is needed.
    Optional<Caller> caller = callers.of(request);
    Optional<RouteRules.Rule> rule = RouteRules.of(request);
    if (rule.isEmpty() || rule.get().needs() != null) {
      allow(caller.orElseThrow(Callers::noKey), rule, request);
    }
    if (caller.isPresent()) {
      isKnown(caller.get());
      rates.take(caller.get(), rule.orElseThrow().quota(), response);
    }
  }

  private static void allow(
      Caller caller, Optional<RouteRules.Rule> rule, HttpServletRequest request)
      throws NoResourceFoundException, HttpRequestMethodNotSupportedException {
    if (rule.isEmpty()) {
      throw noSuchRoute(request);
    }
    Role needed = rule.get().needs();
    if (needed != null && !caller.role().covers(needed)) {
      throw Keys.roleMissing(needed);
    }
  }

  private static NoResourceFoundException noSuchRoute(HttpServletRequest request)
      throws HttpRequestMethodNotSupportedException {
    List<String> methods = RouteRules.methods(request);
    if (!methods.isEmpty()) {
      throw new HttpRequestMethodNotSupportedException(request.getMethod(), methods);
    }
    return new NoResourceFoundException(
        HttpMethod.valueOf(request.getMethod()), request.getRequestURI(), "");
  }

  private static void isKnown(Caller caller) {
    SecurityContext context = SecurityContextHolder.createEmptyContext();
    context.setAuthentication(new Known(caller));
    SecurityContextHolder.setContext(context);
  }

  /** A caller whose key is good. */
  private static final class Known extends AbstractAuthenticationToken {
    private final transient Caller caller;

    Known(Caller caller) {
      super(List.of());
      this.caller = caller;
      setAuthenticated(true);
    }

    @Override
    public Caller getPrincipal() {
      return caller;
    }

    /** The key itself is kept nowhere. */
    @Override
    public Object getCredentials() {
      return "";
    }
  }
}
