package io.mlp.api.docs;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** The OpenAPI description, the page that shows it and sends requests, and one for each problem. */
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
  private final String problemPage;

  DocsController() throws IOException {
    problemPage = new ClassPathResource("docs/problem.html").getContentAsString(UTF_8);
  }

  /** Who comes with a browser and knows no path. */
  @GetMapping("/")
  ResponseEntity<Void> start() {
    return ResponseEntity.status(HttpStatus.FOUND).location(URI.create("/docs")).build();
  }

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

  @GetMapping("/docs/problems/{name}")
  ResponseEntity<String> problem(@PathVariable String name) {
    ProblemType type =
        Arrays.stream(ProblemType.values())
            .filter(it -> it.slug().equals(name))
            .findFirst()
            .orElseThrow(
                () -> ProblemException.of(ProblemType.NOT_FOUND, "No problem has that name"));
    return ResponseEntity.ok()
        .cacheControl(CacheControl.noCache())
        .header("Content-Security-Policy", THIS_SERVER_ALONE)
        .contentType(new MediaType(MediaType.TEXT_HTML, UTF_8))
        .body(
            problemPage.formatted(
                type.title(),
                type.status().value(),
                type.uri(),
                type.cause(),
                type.cure(),
                type.retryable()
                    ? "The same request may succeed later; Retry-After tells when, if it is there."
                    : "The same request will get the same answer."));
  }
}
