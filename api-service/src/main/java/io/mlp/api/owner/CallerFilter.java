package io.mlp.api.owner;

import io.mlp.api.problem.ProblemException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Makes the caller of each request known to Spring Security, and refuses keys that are not good.
 */
final class CallerFilter extends OncePerRequestFilter {
  private final Callers callers;
  private final HandlerExceptionResolver problems;

  CallerFilter(Callers callers, HandlerExceptionResolver problems) {
    this.callers = callers;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    try {
      callers.of(request).ifPresent(CallerFilter::isKnown);
    } catch (ProblemException e) {
      problems.resolveException(request, response, null, e);
      return;
    }
    chain.doFilter(request, response);
  }

  private static void isKnown(Caller caller) {
    SecurityContext context = SecurityContextHolder.createEmptyContext();
    context.setAuthentication(new Known(caller));
    SecurityContextHolder.setContext(context);
  }

  /** A caller whose key is good. */
  static final class Known extends AbstractAuthenticationToken {
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
