package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.mlp.dispatch.TicketQueue;
import io.mlp.flow.SpanReceiver.Seen;
import io.mlp.worker.intake.Intake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** What a tracing backend gets to see of a job, from its request to its record. */
@ExtendWith(SharedStack.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TraceIT {
  private static final Path REPORT = Path.of("target", "trace.txt");

  /** Queues of another name than those of the shared stack. */
  private static final TicketQueue.Type QUEUES = TicketQueue.Type.QUORUM;

  private static final String JOB = HeldOut.DIGITS.anyJob();
  private static final String CLIENTS_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String CLIENTS_SPAN = "00f067aa0ba902b7";
  private static final String TRACEPARENT = "00-" + CLIENTS_TRACE + "-" + CLIENTS_SPAN + "-01";

  private final SpanReceiver spans;
  private final Backends servers;
  private final Stack stack;
  private final Client client;

  TraceIT(Backends servers, Database database) throws IOException {
    this.servers = servers;
    this.spans = new SpanReceiver();
    this.stack = start(database, "1");
    this.client = stack.client();
  }

  private Stack start(Database database, String sampling) {
    return Stack.start(
        servers,
        database,
        Map.of(
            "MLP_QUEUE_TYPE",
            QUEUES.name(),
            "API_REDISPATCH_AFTER",
            "1s",
            "API_TRACE_SAMPLING",
            sampling,
            "management.opentelemetry.tracing.export.otlp.endpoint",
            spans.endpoint(),
            "management.opentelemetry.tracing.export.schedule-delay",
            "100ms"));
  }

  @AfterAll
  void close() {
    stack.close();
    spans.close();
  }

  @Test
  void aTraceLeadsFromTheRequestToTheRecord() throws IOException {
    JsonNode job = client.run(JOB);
    String traceId = job.path("trace_id").asString();
    Seen record = spans.await(traceId, "record", 1).getFirst();
    Seen request = spans.await(traceId, "http post /v1/jobs", 1).getFirst();
    Seen shared = sharedRun(spans.await(traceId, "run", 1).getFirst());

    List<Seen> trace = inOrder(spans.of(traceId));
    Files.writeString(
        REPORT, String.join("\n", trace.stream().map(Seen::toString).toList()) + "\n" + shared);
    assertThat(trace)
        .extracting(Seen::service, Seen::name)
        .containsExactlyInAnyOrder(
            tuple("mlp-api", "http post /v1/jobs"),
            tuple("mlp-api", "commit"),
            tuple("mlp-api", "publish"),
            tuple("mlp-worker", "queue"),
            tuple("mlp-worker", "run"),
            tuple("mlp-worker", "record"));
    assertThat(trace)
        .filteredOn(span -> !span.equals(request))
        .allSatisfy(span -> assertThat(span.parent()).isEqualTo(request.id()));
    assertThat(record.attributes())
        .containsEntry("mlp.job.outcome", "succeeded")
        .containsEntry("mlp.job.id", job.path("id").asString());
    assertThat(shared.traceId()).as("shared by several traces").isNotEqualTo(traceId);
  }

  @Test
  void everyJobTellsItsTrace() {
    JsonNode job = client.run(JOB);
    UUID id = UUID.fromString(job.path("id").asString());
    String traceId = job.path("trace_id").asString();

    assertThat(traceId).matches("[0-9a-f]{32}");
    assertThat(client.job(id).path("trace_id").asString()).isEqualTo(traceId);
    assertThat(reported(stack, id)).isEqualTo(traceId);
  }

  /** Its next one is sent by the dispatcher, which knows the job by its rows alone. */
  @Test
  void aTraceGoesOn_whenTheTicketWasLost() {
    Intake intake = stack.worker().bean(Intake.class);
    try (TicketQueues queues = TicketQueues.of(servers.broker(), QUEUES)) {
      intake.stop();
      UUID id = client.submit(JOB);
      await().until(() -> queues.ready("digits", 1) == 1);
      assertThat(queues.purge("digits", 1)).isEqualTo(1);
      intake.start();

      JsonNode job = client.awaitEnd(id);
      String traceId = job.path("trace_id").asString();
      Seen record = spans.await(traceId, "record", 1).getFirst();
      List<Seen> tickets = spans.await(traceId, "publish", 2);
      assertThat(inOrder(spans.of(traceId)))
          .extracting(Seen::name)
          .startsWith("http post /v1/jobs", "commit")
          .contains("queue", "run");
      assertThat(tickets).hasSize(2);
      assertThat(record.attributes()).containsEntry("mlp.job.outcome", "succeeded");
    }
  }

  @Test
  void aTraceOfAClientGoesOnHere() {
    JsonNode job = client.post(JOB, "Prefer", "wait=30", "traceparent", TRACEPARENT).json();

    assertThat(job.path("trace_id").asString()).isEqualTo(CLIENTS_TRACE);
    Seen request = spans.await(CLIENTS_TRACE, "http post /v1/jobs", 1).getFirst();
    assertThat(request.parent()).isEqualTo(CLIENTS_SPAN);
    assertThat(spans.await(CLIENTS_TRACE, "record", 1).getFirst().parent()).isEqualTo(request.id());
  }

  /** Its own trace may be recorded elsewhere, so that the job names it all the same. */
  @Test
  void aClientsFlagDoesNotRaiseTheRate() {
    String trace = "0af7651916cd43dd8448eb211c80319c";
    String traceparent = "00-" + trace + "-b7ad6b7169203331-01";
    try (Stack silent = start(Database.create(servers.postgresPort()), "0")) {
      JsonNode job =
          silent.client().post(JOB, "Prefer", "wait=30", "traceparent", traceparent).json();

      assertThat(job.path("status").asString()).isEqualTo("succeeded");
      assertThat(job.path("trace_id").asString()).isEqualTo(trace);
      assertThat(reported(silent, UUID.fromString(job.path("id").asString()))).isEqualTo(trace);
      assertThat(silent.client().run(JOB).has("trace_id")).isFalse();
      await()
          .during(Duration.ofSeconds(1))
          .untilAsserted(() -> assertThat(spans.of(trace)).isEmpty());
    }
  }

  private Seen sharedRun(Seen run) {
    return await()
        .until(
            () ->
                spans.all().stream()
                    .filter(span -> span.name().equals("micro-batch"))
                    .filter(span -> span.links().contains(run.id()))
                    .filter(span -> run.links().equals(List.of(span.id())))
                    .toList(),
            found -> found.size() == 1)
        .getFirst();
  }

  private static List<Seen> inOrder(List<Seen> trace) {
    return trace.stream().sorted(Comparator.comparingLong(Seen::start)).toList();
  }

  private static String reported(Stack stack, UUID id) {
    return stack
        .database()
        .sql()
        .sql("select trace_id from reporting.jobs where id = ?")
        .param(id)
        .query(String.class)
        .single();
  }
}
