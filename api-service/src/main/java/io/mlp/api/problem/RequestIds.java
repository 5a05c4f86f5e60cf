package io.mlp.api.problem;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Gives each request an id, the client's own {@code X-Request-Id} if it sends a decent one, and
 * echoes it in the answer.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
public class RequestIds extends OncePerRequestFilter {
  static final String HEADER = "X-Request-Id";
  private static final Pattern DECENT = Pattern.compile("[A-Za-z0-9._:-]{1,64}");

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String id = of(request).isEmpty() ? decentOr(request.getHeader(HEADER)) : of(request);
    request.setAttribute(HEADER, id);
    response.setHeader(HEADER, id);
    chain.doFilter(request, response);
  }

  /** What the server refuses before any filter comes here as an error. */
  @Override
  protected boolean shouldNotFilterErrorDispatch() {
    return false;
  }

  private static String decentOr(@Nullable String sent) {
    boolean decent = sent != null && DECENT.matcher(sent).matches();
    return decent && sent != null ? sent : UUID.randomUUID().toString();
  }

  /** The id of a request; empty before it has one. */
  public static String of(HttpServletRequest request) {
    return request.getAttribute(HEADER) instanceof String id ? id : "";
  }
}
