package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mlp.dispatch.TicketQueue;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The services as processes of their own: what other tests kill and freeze works at all. */
@ExtendWith(SharedStack.class)
class ServiceProcessIT {
  /** Queues of another name than those of the shared stack. */
  private static final String QUEUES = TicketQueue.Type.QUORUM.name();

  private final Backends servers;
  private final Database database;

  ServiceProcessIT(Backends servers, Database database) {
    this.servers = servers;
    this.database = database;
  }

  @Test
  void runJobs_freezeAndThaw_andStopOnASignal() {
    try (ServiceProcess api =
            ServiceProcess.api(servers, database).with("MLP_QUEUE_TYPE", QUEUES).start();
        ServiceProcess worker =
            ServiceProcess.worker(servers, database).with("MLP_QUEUE_TYPE", QUEUES).start();
        Client client = new Client(api.port())) {
      api.awaitReady();
      worker.awaitReady();
      await().until(() -> client.get("/v1/models/digits").status() == 200);
      assertThat(client.run(HeldOut.DIGITS.anyJob()).path("status").asString())
          .isEqualTo("succeeded");

      worker.freeze();
      UUID waits = client.submit(HeldOut.DIGITS.anyJob());
      assertThat(client.get("/v1/jobs/" + waits + "?wait=1").json().path("status").asString())
          .isEqualTo("queued");
      worker.thaw();
      assertThat(client.awaitEnd(waits).path("status").asString()).isEqualTo("succeeded");
      // Counted after the record, which is what the client saw.
      await().until(() -> worker.metric("mlp_jobs_finished_total") == 2);

      assertThat(worker.terminate().awaitExit(Duration.ofSeconds(30))).isEqualTo(128 + 15);
    }
  }
}
