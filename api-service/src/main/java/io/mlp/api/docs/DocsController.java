package io.mlp.api.docs;

import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The OpenAPI description, and the page that shows it and sends requests. */
@RestController
class DocsController {
  /** RFC 9512. */
  private static final MediaType YAML = new MediaType("application", "yaml");

  /** The page needs this server alone; Swagger UI sets styles on elements and draws from data. */
  private static final String THIS_SERVER_ALONE =
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
          + " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'";

  private final Resource description = new ClassPathResource("openapi.yaml");
  private final Resource page = new ClassPathResource("docs/index.html");

  @GetMapping("/openapi.yaml")
  ResponseEntity<Resource> description() {
    return ResponseEntity.ok()
        .cacheControl(CacheControl.noCache())
        .contentType(YAML)
        .body(description);
  }

  @GetMapping({"/docs", "/docs/"})
  ResponseEntity<Resource> page() {
    return ResponseEntity.ok()
        .cacheControl(CacheControl.noCache())
        .header("Content-Security-Policy", THIS_SERVER_ALONE)
        .contentType(MediaType.TEXT_HTML)
        .body(page);
  }
}
