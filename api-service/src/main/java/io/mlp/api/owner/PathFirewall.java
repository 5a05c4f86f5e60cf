package io.mlp.api.owner;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.security.web.firewall.FirewalledRequest;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.StrictHttpFirewall;

/**
 * Refuses paths that can be read in two ways, as Spring Security's own firewall does. Methods are
 * the table of routes' matter, headers and parameters those of who reads them, and no answer has a
 * line break in a header, because Tomcat writes a blank in its place; so neither request nor
 * response is looked through again at each header.
 */
final class PathFirewall implements HttpFirewall {
  private final StrictHttpFirewall paths = new StrictHttpFirewall();

  PathFirewall() {
    paths.setUnsafeAllowAnyHttpMethod(true);
  }

  @Override
  public FirewalledRequest getFirewalledRequest(HttpServletRequest request) {
    paths.getFirewalledRequest(request);
    return new Unchanged(request);
  }

  @Override
  public HttpServletResponse getFirewalledResponse(HttpServletResponse response) {
    return response;
  }

  private static final class Unchanged extends FirewalledRequest {
    Unchanged(HttpServletRequest request) {
      super(request);
    }

    @Override
    public void reset() {}
  }
}
