package io.mlp.api.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Before Spring Security, whose refusals get the same headers: finds nothing at paths that proxies
 * and Spring read differently, and says of every answer that browsers are not to guess what it is,
 * and of those about jobs that nobody is to keep them.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
class RequestGuard extends OncePerRequestFilter {
  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String path = request.getRequestURI();
    response.setHeader("X-Content-Type-Options", "nosniff");
    if (path.startsWith("/v1/")) {
      response.setHeader(HttpHeaders.CACHE_CONTROL, CacheControl.noStore().getHeaderValue());
    }
    if (!request.getProtocol().startsWith("HTTP/1.")) {
      // HTTP/0.9, whose answers have no status: nobody means that.
      response.sendError(HttpServletResponse.SC_BAD_REQUEST);
    } else if (path.indexOf(';') >= 0) {
      // Spring takes what follows a semicolon for parameters and leaves it out of the path.
      response.sendError(HttpServletResponse.SC_NOT_FOUND);
    } else {
      chain.doFilter(request, response);
    }
  }
}
