package io.mlp.api.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.servlet.RequestDispatcher;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.web.MockHttpServletRequest;

/** What the server itself refuses, such as a request line that it cannot parse. */
class ErrorPageTest {
  private final ErrorPage page = new ErrorPage(new ProblemAnswers(new SimpleMeterRegistry()));

  @Test
  void answersWithAProblemOfTheServersStatus() {
    ResponseEntity<Object> answer = page.error(failed("/v1/jobs", 400));

    assertThat(answer.getStatusCode().value()).isEqualTo(400);
    assertThat(answer.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
    assertThat(answer.getBody())
        .asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
        .containsEntry("detail", "Bad Request")
        .containsEntry("instance", "/v1/jobs");
  }

  @Test
  void answersUnderV2WithAnErrorAlone() {
    ResponseEntity<Object> answer = page.error(failed("/v2/models/x", 500));

    assertThat(answer.getBody())
        .isEqualTo(Map.of("error", "Internal Server Error", "request_id", ""));
  }

  @Test
  void isNotThere_whenAskedForDirectly() {
    assertThat(page.error(failed("/error", null)).getStatusCode().value()).isEqualTo(404);
  }

  private static MockHttpServletRequest failed(String path, @Nullable Integer status) {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", "/error");
    if (status != null) {
      request.setAttribute(RequestDispatcher.ERROR_STATUS_CODE, status);
      request.setAttribute(RequestDispatcher.ERROR_REQUEST_URI, path);
    }
    return request;
  }
}
