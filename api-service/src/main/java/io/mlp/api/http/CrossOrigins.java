package io.mlp.api.http;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;
import org.springframework.web.servlet.config.annotation.CorsRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Whose pages may use the API from a browser. Nobody's but its own by default; nobody's with
 * cookies, because there are none.
 *
 * @param origins as browsers send them, {@code https://app.example.org}
 */
@Validated
@ConfigurationProperties(prefix = "api.cross-origin", ignoreUnknownFields = false)
record CrossOrigins(
    @DefaultValue @NotNull List<@Pattern(regexp = "https?://[A-Za-z0-9.:\\[\\]-]+") String> origins)
    implements WebMvcConfigurer {
  private static final long REMEMBERED_SECONDS = 600;

  @Override
  public void addCorsMappings(CorsRegistry registry) {
    if (origins.isEmpty()) {
      return;
    }
    for (String paths : List.of("/v1/**", "/v2/**")) {
      registry
          .addMapping(paths)
          .allowedOrigins(origins.toArray(String[]::new))
          .allowedMethods("GET", "HEAD", "POST", "PATCH", "DELETE")
          .exposedHeaders(
              "ETag",
              "Idempotency-Replayed",
              "Link",
              "Location",
              "Preference-Applied",
              "Problem-Type",
              "RateLimit",
              "RateLimit-Policy",
              "Retry-After",
              "X-Request-Id")
          .allowCredentials(false)
          .maxAge(REMEMBERED_SECONDS);
    }
  }
}
