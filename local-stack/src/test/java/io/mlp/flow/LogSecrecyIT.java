package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mlp.dispatch.TicketQueue;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Whatever becomes of a job, no log holds what its client sent. */
@ExtendWith(SharedStack.class)
@ExtendWith(OutputCaptureExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LogSecrecyIT {
  private static final String ELEMENT = "31337.125";
  private static final String NOTE = "patient-4711";
  private static final String NAME = "my-idempotency-key-0815";
  private static final String KEY = "mlp_0aB10aB10aB10aB10aB10aB10aB10aB10aB10aB1xyz";

  private final Stack stack;
  private final Client client;

  LogSecrecyIT(Backends servers, Database database) {
    this.stack =
        Stack.start(
            servers,
            database,
            // Queues of another name than those of the shared stack.
            Map.of(
                "MLP_QUEUE_TYPE", TicketQueue.Type.QUORUM.name(),
                "WORKER_SLOW_RUN", "1ms",
                "logging.level.io.mlp", "DEBUG"));
    this.client = stack.client();
  }

  @AfterAll
  void close() {
    stack.close();
    LoggingSystem.get(getClass().getClassLoader()).setLogLevel("io.mlp", null);
  }

  @Test
  void neitherElementsNorTextsNorKeysAreLogged(CapturedOutput log) {
    String[] named = {"Idempotency-Key", "\"" + NAME + "\"", "Prefer", "wait=30"};
    Client.Answer done = client.post(job(ELEMENT), named);
    assertThat(done.json().path("status").asString()).as(done.text()).isEqualTo("succeeded");
    assertThat(client.post(job("0"), named).status()).as("another body").isEqualTo(422);
    assertThat(client.post(job("\"%s\"".formatted(NOTE))).status()).as("no number").isEqualTo(422);
    String authorization = "Bearer " + KEY;
    assertThat(client.get("/v1/jobs", "Authorization", authorization).status()).isEqualTo(401);
    UUID unreadable = unreadable();

    assertThat(client.awaitEnd(unreadable).path("status").asString()).isEqualTo("failed");
    await().until(() -> log.getAll().contains("Job " + unreadable));
    assertThat(log.getAll()).doesNotContain(ELEMENT, NOTE, NAME, KEY, KEY.substring(12));
  }

  /** A job that no model takes, with what its client sent. */
  private UUID unreadable() {
    int iris =
        stack
            .database()
            .sql()
            .sql("select id from model_version where model = 'iris' and version = 1")
            .query(Integer.class)
            .single();
    UUID id = new JobTable(stack.database()).add(JobTable.NewRow.of(iris));
    stack
        .database()
        .sql()
        .sql("update job set metadata = jsonb_build_object('note', ?) where id = ?")
        .params(NOTE, id)
        .update();
    stack
        .database()
        .sql()
        .sql("update live set dispatch_at = now() where job_id = ?")
        .param(id)
        .update();
    return id;
  }

  private static String job(String element) {
    return """
    {"model": "iris", "inputs": {"features": [[%s, 2, 3, 4]]}, "metadata": {"note": "%s"}}\
    """
        .formatted(element, NOTE);
  }
}
