package io.mlp.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.api.problem.Problems;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

/** Whose pages may read answers. */
@WebMvcTest(controllers = CrossOriginsTest.class, properties = "spring.config.name=api")
@Import({Problems.Answers.class, CrossOriginConfiguration.class, CrossOriginsTest.Greeting.class})
class CrossOriginsTest {
  private static final String PAGE = "https://app.example";

  /** No controller: those are held against the description. */
  @TestConfiguration(proxyBeanMethods = false)
  static class Greeting {
    @Bean
    RouterFunction<ServerResponse> greeting() {
      return RouterFunctions.route()
          .GET("/v1/greeting", _ -> ServerResponse.ok().body("hello"))
          .build();
    }
  }

  private final MockMvcTester server;

  @Autowired
  CrossOriginsTest(MockMvcTester server) {
    this.server = server;
  }

  private static MvcTestResult get(MockMvcTester server, String origin) {
    return server.get().uri("/v1/greeting").header(HttpHeaders.ORIGIN, origin).exchange();
  }

  private static MvcTestResult preflight(MockMvcTester server, String method) {
    return server
        .method(HttpMethod.OPTIONS)
        .uri("/v1/greeting")
        .header(HttpHeaders.ORIGIN, PAGE)
        .header(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD, method)
        .header(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS, "content-type, prefer")
        .exchange();
  }

  @Test
  void nobodysByDefault() {
    assertThat(get(server, PAGE))
        .hasStatusOk()
        .doesNotContainHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN);
    assertThat(preflight(server, "GET"))
        .doesNotContainHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN);
  }

  @Nested
  @TestPropertySource(properties = "api.cross-origin.origins=" + PAGE)
  class OfOneOrigin {
    private final MockMvcTester open;

    @Autowired
    OfOneOrigin(MockMvcTester open) {
      this.open = open;
    }

    @Test
    void mayReadWithoutCookies() {
      assertThat(get(open, PAGE))
          .hasStatusOk()
          .hasHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, PAGE)
          .doesNotContainHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_CREDENTIALS);
      assertThat(get(open, PAGE).getResponse().getHeader("Access-Control-Expose-Headers"))
          .contains("X-Request-Id", "Location", "Retry-After");
    }

    @Test
    void maySendWhatTheApiTakes() {
      assertThat(preflight(open, "GET"))
          .hasStatusOk()
          .hasHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, PAGE)
          .hasHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, "content-type, prefer");
      assertThat(preflight(open, "PUT"))
          .doesNotContainHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN);
    }

    @Test
    void othersMayNot() {
      assertThat(get(open, "https://other.example"))
          .hasStatus(403)
          .doesNotContainHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN);
    }
  }
}
