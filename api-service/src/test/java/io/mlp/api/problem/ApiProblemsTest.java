package io.mlp.api.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.EOFException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;

class ApiProblemsTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ProblemAnswers answers = new ProblemAnswers(meters);
  private final MockMvcTester client =
      MockMvcTester.create(
          MockMvcBuilders.standaloneSetup(new Failing())
              .setControllerAdvice(new ApiProblems(answers))
              .addFilters(new RequestIds())
              .build());

  private Callable<String> outcome = () -> "no failure";

  /** A controller that fails as the test wants; an inner class, so that no scan finds it. */
  @RestController
  final class Failing {
    @GetMapping({"/v1/jobs", "/v2/models", "/v21"})
    String get(@RequestParam(required = false) @Nullable Integer limit) throws Exception {
      return outcome.call();
    }

    @PostMapping(path = "/v1/jobs", consumes = MediaType.APPLICATION_JSON_VALUE)
    String post() throws Exception {
      return outcome.call();
    }
  }

  private void failWith(Exception failure) {
    outcome =
        () -> {
          throw failure;
        };
  }

  @Test
  void namesEveryPlaceThatIsWrong() {
    MvcTestResult answer =
        answerTo(
            ProblemException.of(
                ProblemType.VALIDATION_ERROR,
                List.of(
                    new Violation("#/inputs/image is missing", "#/inputs/image"),
                    new Violation("limit: 0 (expected: 1 to 100)", "limit"))));

    assertThat(answer).hasStatus(422).hasContentType(MediaType.APPLICATION_PROBLEM_JSON);
    assertThat(answer)
        .bodyJson()
        .isStrictlyEqualTo(
            """
            {
              "type": "urn:mlp:problem:validation-error",
              "title": "The body does not fit the API or the model",
              "status": 422,
              "detail": "#/inputs/image is missing",
              "instance": "/v1/jobs",
              "help": "/docs/problems/validation-error",
              "retryable": false,
              "request_id": "my-request-1",
              "errors": [
                {"detail": "#/inputs/image is missing", "pointer": "#/inputs/image"},
                {"detail": "limit: 0 (expected: 1 to 100)", "parameter": "limit"}
              ]
            }
            """);
  }

  @Test
  void tellsItsTypeInAHeader_andIsCounted() {
    assertThat(answerTo(ProblemException.of(ProblemType.JOB_GONE, "Deleted")))
        .hasHeader("Problem-Type", "urn:mlp:problem:job-gone");
    assertThat(meters.get("mlp.requests.refused").tag("problem", "job-gone").counter().count())
        .isEqualTo(1);
  }

  /** A client may have sent megabytes of what is repeated to it. */
  @Test
  void isSmall_howeverMuchIsWrong() {
    String repeated = "\u00e4".repeat(1000);
    List<Violation> many =
        IntStream.range(0, 20)
            .mapToObj(i -> new Violation(i + repeated, "#/" + i + repeated))
            .toList();

    MvcTestResult answer = answerTo(ProblemException.of(ProblemType.VALIDATION_ERROR, many));

    assertThat(answer.getResponse().getContentAsByteArray()).hasSizeBetween(1000, 4096);
    assertThat(answer).bodyJson().extractingPath("$.errors[0].detail").asString().startsWith("0ä");
  }

  @Test
  void refusesAQueryThatCannotBeDecoded() {
    assertThat(answerTo(new InvalidParameterException("%zz")))
        .hasStatus(400)
        .bodyJson()
        .extractingPath("$.type")
        .isEqualTo("urn:mlp:problem:invalid-parameter");
  }

  @Test
  void tellsWhenToTryAgain() {
    MvcTestResult answer =
        answerTo(
            ProblemException.passing(
                ProblemType.OVERLOADED, "Too many", Duration.ofSeconds(7), null));

    assertThat(answer).hasStatus(503).hasHeader("Retry-After", "7");
    assertThat(answer).bodyJson().extractingPath("$.retryable").isEqualTo(true);
  }

  /** A wait of no seconds would be an invitation to ask at once. */
  @Test
  void tellsToWaitASecondAtLeast() {
    assertThat(
            answerTo(
                ProblemException.passing(
                    ProblemType.JOB_NOT_FINISHED, "Running", Duration.ofMillis(20), null)))
        .hasStatus(409)
        .hasHeader("Retry-After", "1");
  }

  @Test
  void tellsNoTime_whenTryingAgainIsNoUse() {
    assertThat(answerTo(ProblemException.of(ProblemType.NOT_FOUND, "Nothing")))
        .hasStatus(404)
        .doesNotContainHeader("Retry-After");
  }

  @Test
  void isUnavailable_whenTheDatabaseIs() {
    for (RuntimeException failure :
        List.of(
            new DataAccessResourceFailureException("secret host unreachable"),
            new CannotCreateTransactionException("secret host unreachable"))) {
      MvcTestResult answer = answerTo(failure);

      assertThat(answer).hasStatus(503).hasHeader("Retry-After", "2");
      assertThat(answer).bodyText().contains("store-unavailable").doesNotContain("secret");
    }
  }

  @Test
  void showsNothingOfAFailureInside() {
    MvcTestResult answer = answerTo(new IllegalStateException("secret"));

    assertThat(answer).hasStatus(500).hasContentType(MediaType.APPLICATION_PROBLEM_JSON);
    assertThat(answer)
        .bodyText()
        .contains("urn:mlp:problem:internal-error", "my-request-1")
        .doesNotContain("secret");
  }

  @Test
  void namesAParameterOfTheWrongType() {
    assertThat(client.get().uri("/v1/jobs?limit=ten"))
        .hasStatus(400)
        .bodyJson()
        .extractingPath("$.errors[0]")
        .asMap()
        .containsEntry("parameter", "limit")
        .containsEntry("detail", "limit: ten is not valid");
  }

  @Test
  void tellsWhichMethodsThereAre() {
    MvcTestResult answer = client.delete().uri("/v1/jobs").exchange();

    assertThat(answer).hasStatus(405);
    assertThat(answer.getResponse().getHeader("Allow")).contains("GET", "POST");
    assertThat(answer)
        .bodyJson()
        .extractingPath("$.type")
        .isEqualTo("urn:mlp:problem:method-not-allowed");
  }

  @Test
  void refusesBodiesOfOtherTypes() {
    assertThat(client.post().uri("/v1/jobs").contentType(MediaType.TEXT_PLAIN).content("hi"))
        .hasStatus(415)
        .bodyJson()
        .extractingPath("$.type")
        .isEqualTo("urn:mlp:problem:unsupported-media-type");
  }

  /** As the Open Inference Protocol wants it. */
  @Test
  void answersUnderV2WithAnErrorAlone() {
    failWith(ProblemException.of(ProblemType.NOT_FOUND, "No model nope"));

    assertThat(client.get().uri("/v2/models").header("X-Request-Id", "my-request-1"))
        .hasStatus(404)
        .hasContentType(MediaType.APPLICATION_JSON)
        .bodyJson()
        .isStrictlyEqualTo("{\"error\": \"No model nope\", \"request_id\": \"my-request-1\"}");
  }

  @Test
  void answersElsewhereWithAProblem() {
    failWith(ProblemException.of(ProblemType.NOT_FOUND, "Nothing"));

    assertThat(client.get().uri("/v21")).hasContentType(MediaType.APPLICATION_PROBLEM_JSON);
  }

  /** There is nobody to answer, and nothing failed here. */
  @Test
  void saysNothingToAClientThatHasGone() {
    for (Exception failure :
        List.of(new AsyncRequestNotUsableException("gone"), new EOFException("cut off"))) {
      assertThat(answerTo(failure)).bodyText().isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "A-1_b:c.d",
        "0123456789012345678901234567890123456789012345678901234567890123"
      })
  void echoesTheClientsRequestId(String id) {
    failWith(ProblemException.of(ProblemType.NOT_FOUND, "Nothing"));

    MvcTestResult answer = client.get().uri("/v1/jobs").header("X-Request-Id", id).exchange();

    assertThat(answer).hasHeader("X-Request-Id", id);
    assertThat(answer).bodyJson().extractingPath("$.request_id").isEqualTo(id);
  }

  /** One that could break a log line, or fill it, is not repeated. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a b",
        "a\nb",
        "<x>",
        "ä",
        "01234567890123456789012345678901234567890123456789012345678901234"
      })
  void makesARequestIdOfItsOwn_whenTheClientSendsNoneThatIsDecent(String sent) {
    failWith(ProblemException.of(ProblemType.NOT_FOUND, "Nothing"));

    MvcTestResult answer = client.get().uri("/v1/jobs").header("X-Request-Id", sent).exchange();

    String id = answer.getResponse().getHeader("X-Request-Id");
    assertThat(id).matches("[0-9a-f-]{36}");
    assertThat(answer).bodyJson().extractingPath("$.request_id").isEqualTo(id);
  }

  @Test
  void everyTypeHasAUriOfItsOwn() {
    assertThat(ProblemType.values())
        .extracting(ProblemType::uri)
        .doesNotHaveDuplicates()
        .allSatisfy(uri -> assertThat(uri.toString()).matches("urn:mlp:problem:[a-z]+(-[a-z]+)*"));
  }

  private MvcTestResult answerTo(Exception failure) {
    failWith(failure);
    return client.get().uri("/v1/jobs").header("X-Request-Id", "my-request-1").exchange();
  }
}
