package io.mlp.api.owner;

import io.mlp.api.problem.ProblemException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/** Holds callers to their rates, before anything of their requests is read. */
final class RateFilter extends OncePerRequestFilter {
  private final RateLimiter rates;
  private final HandlerExceptionResolver problems;

  RateFilter(RateLimiter rates, HandlerExceptionResolver problems) {
    this.rates = rates;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Authentication caller = SecurityContextHolder.getContext().getAuthentication();
    if (caller instanceof CallerFilter.Known known) {
      try {
        rates.take(known.getPrincipal(), RouteRules.quota(request), response);
      } catch (ProblemException e) {
        problems.resolveException(request, response, null, e);
        return;
      }
    }
    chain.doFilter(request, response);
  }
}
