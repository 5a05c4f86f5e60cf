package io.mlp.api.owner;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * Which requests come from a program on this machine that meant to send them: over loopback, not
 * passed on by a proxy, and not sent by a browser for the page of another server.
 */
final class LoopbackRule {
  private static final Pattern ADDRESS =
      Pattern.compile("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|(?:0:){7}1|::1");

  /** With any port, and nothing else. */
  private static final Pattern HOST =
      Pattern.compile("(?:localhost|127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|\\[::1])(?::\\d{1,5})?");

  private LoopbackRule() {}

  static boolean holdsFor(HttpServletRequest request) {
    return ADDRESS.matcher(request.getRemoteAddr()).matches()
        && Collections.list(request.getHeaderNames()).stream().noneMatch(LoopbackRule::passedOn)
        && hostIsLoopback(Collections.list(request.getHeaders(HttpHeaders.HOST)))
        && originIsHost(request.getHeader(HttpHeaders.ORIGIN), request.getHeader(HttpHeaders.HOST));
  }

  private static boolean passedOn(String header) {
    String name = header.toLowerCase(Locale.ROOT);
    return name.equals("forwarded") || name.startsWith("x-forwarded-") || name.equals("via");
  }

  /** Else a page of a name that its owner lets point to 127.0.0.1 could ask. */
  private static boolean hostIsLoopback(List<String> hosts) {
    return hosts.size() == 1 && HOST.matcher(hosts.getFirst().toLowerCase(Locale.ROOT)).matches();
  }

  /** Else a page of anybody's could cancel jobs: browsers send that without asking first. */
  private static boolean originIsHost(@Nullable String origin, @Nullable String host) {
    if (origin == null) {
      return true;
    }
    try {
      String authority = URI.create(origin).getAuthority();
      return authority != null && authority.equalsIgnoreCase(host);
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
