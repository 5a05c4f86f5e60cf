package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Bad input is refused at the door: the answer names the place, nothing is stored, no ticket is
 * sent, and the client is served on.
 */
@ExtendWith(SharedStack.class)
class BadInputIT {
  private static final int TWENTY_MEGABYTES = 20_000_000;

  private final Stack stack;
  private Client client;
  private Traces before;

  BadInputIT(Stack stack) {
    this.stack = stack;
    this.client = stack.client();
    this.before = Traces.of(stack);
  }

  /** What an accepted job would leave behind, in the database, the broker and the worker. */
  private record Traces(
      long jobs, long unfinished, double submitted, int tickets, double idleTickets, double ended) {
    static Traces of(Stack stack) {
      return new Traces(
          stack.database().count("job"),
          stack.database().count("live"),
          stack.api().counted("mlp.jobs.submitted"),
          stack.queues().ready(),
          stack.worker().counted("mlp.tickets.without.job"),
          stack.worker().counted("mlp.jobs.finished"));
    }
  }

  /** A connection of this test's own, which carries all its requests. */
  @BeforeEach
  void lookBefore() {
    stack.awaitIdle();
    client = stack.client().another();
    before = Traces.of(stack);
  }

  @AfterEach
  void nothingIsStoredOrQueued() {
    assertThat(Traces.of(stack)).isEqualTo(before);
    client.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.mlp.flow.BadInput#all")
  void isRefusedAndItsPlaceNamed(BadInput input) {
    assertProblem(client.post(input.body()), input.status(), input.pointers());
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"with its length", "in chunks"})
  void aBodyOfTwentyMegabytesIsRefused(String how) {
    byte[] body = new byte[TWENTY_MEGABYTES];
    Arrays.fill(body, (byte) ' ');
    BodyPublisher publisher =
        how.equals("in chunks")
            ? BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))
            : BodyPublishers.ofByteArray(body);
    Client.Answer answer =
        send(request -> request.header("Content-Type", "application/json").POST(publisher));
    assertProblem(answer, 413, List.of("#"));
  }

  @Test
  void aBodyOfAnotherTypeIsRefused() {
    BodyPublisher body = BodyPublishers.ofString(HeldOut.DIGITS.anyJob());
    Client.Answer text = send(request -> request.header("Content-Type", "text/plain").POST(body));
    assertProblem(text, 415, List.of());
    assertThat(text.header("Accept").orElse("")).contains("application/json");
    assertProblem(send(request -> request.POST(body)), 415, List.of());
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "DELETE", "PATCH"})
  void aMethodThatJobsDoNotKnowIsRefused(String method) {
    BodyPublisher body = BodyPublishers.ofString(HeldOut.DIGITS.anyJob());
    Client.Answer answer =
        send(request -> request.header("Content-Type", "application/json").method(method, body));
    assertProblem(answer, 405, List.of());
    assertThat(answer.header("Allow").orElse("").split(", ")).contains("GET", "POST");
  }

  private Client.Answer send(UnaryOperator<HttpRequest.Builder> change) {
    return client.send(change.apply(client.request("/v1/jobs")).build());
  }

  private void assertProblem(Client.Answer answer, int status, List<String> pointers) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).contains("application/problem+json");
    JsonNode problem = answer.json();
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("type").asString()).startsWith("urn:mlp:problem:");
    assertThat(answer.header("X-Request-Id")).contains(problem.path("request_id").asString());
    List<String> named = new ArrayList<>();
    problem.path("errors").forEach(error -> named.add(error.path("pointer").asString()));
    assertThat(named).as(answer.text()).containsExactlyElementsOf(pointers);
    assertServesOn(answer);
  }

  /** On the same connection, unless the answer ends it, as Tomcat does after a 400 and a 413. */
  private void assertServesOn(Client.Answer answer) {
    Client.Answer next = client.get("/v2/health/live");
    assertThat(next.status()).isEqualTo(200);
    if (answer.status() == 400 || answer.status() == 413) {
      assertThat(answer.header("Connection")).contains("close");
    } else {
      assertThat(next.response().connectionLabel()).isEqualTo(answer.response().connectionLabel());
    }
  }
}
