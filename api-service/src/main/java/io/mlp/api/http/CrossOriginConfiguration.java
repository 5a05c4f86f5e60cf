package io.mlp.api.http;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;

/**
 * Lets pages of the named origins use the API, with no cookies, because there are none. The filter
 * comes before Spring Security: a browser asks without a key whether it may, and shows its page no
 * refusal that does not allow the page's origin.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(CrossOrigins.class)
class CrossOriginConfiguration {
  private static final int BEHIND_THE_REQUEST_GUARD = Ordered.HIGHEST_PRECEDENCE + 2;
  private static final Duration REMEMBERED = Duration.ofMinutes(10);

  @Bean
  FilterRegistrationBean<CorsFilter> crossOriginFilter(CrossOrigins allowed) {
    UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
    source.registerCorsConfiguration("/v1/**", cors(allowed.origins()));
    source.registerCorsConfiguration("/v2/**", cors(allowed.origins()));
    FilterRegistrationBean<CorsFilter> filter =
        new FilterRegistrationBean<>(new CorsFilter(source));
    filter.setOrder(BEHIND_THE_REQUEST_GUARD);
    filter.setEnabled(!allowed.origins().isEmpty());
    return filter;
  }

  private static CorsConfiguration cors(List<String> origins) {
    CorsConfiguration cors = new CorsConfiguration();
    cors.setAllowedOrigins(origins);
    cors.setAllowedMethods(List.of("GET", "HEAD", "POST", "PATCH", "DELETE"));
    cors.setAllowedHeaders(List.of(CorsConfiguration.ALL));
    cors.setExposedHeaders(
        List.of(
            "ETag",
            "Idempotency-Replayed",
            "Link",
            "Location",
            "Preference-Applied",
            "Problem-Type",
            "RateLimit",
            "RateLimit-Policy",
            "Retry-After",
            "X-Request-Id"));
    cors.setMaxAge(REMEMBERED);
    return cors;
  }
}
