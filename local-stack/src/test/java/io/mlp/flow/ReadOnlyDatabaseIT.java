package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mlp.dispatch.Ticket;
import io.mlp.dispatch.TicketCodec;
import io.mlp.dispatch.TicketQueue;
import io.mlp.flow.JobTable.NewRow;
import io.mlp.job.WaitingJob;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A database that only reads for a while, as the old primary does after a failover. */
@ExtendWith(SharedStack.class)
class ReadOnlyDatabaseIT {
  /** Queues of another name than those of the shared stack. */
  private static final TicketQueue.Type QUEUES = TicketQueue.Type.QUORUM;

  private final Backends servers;
  private final Database database;

  ReadOnlyDatabaseIT(Backends servers) {
    this.servers = servers;
    this.database = Database.create(servers.postgresPort());
  }

  @Test
  void theWorkerWaitsUntilItWritesAgain() {
    try (Stack stack = Stack.start(servers, database, Map.of("MLP_QUEUE_TYPE", QUEUES.name()));
        TicketQueues queues = TicketQueues.of(servers.broker(), QUEUES)) {
      int digits =
          stack
              .database()
              .sql()
              .sql("select id from model_version where model = 'digits'")
              .query(Integer.class)
              .single();
      JobTable jobs = new JobTable(database);
      UUID id = jobs.add(NewRow.of(digits));
      // So that no ticket of the api comes first.
      jobs.update(
          id, "dispatch_at = now() + interval '1 hour', ready_at = now() + interval '3 seconds'");
      readOnly(true);

      queues.publish(
          "digits",
          1,
          TicketCodec.encode(new Ticket(digits, false, List.of(new WaitingJob(id, 0, 0, null)))));

      await().during(Duration.ofSeconds(6)).until(() -> jobs.live(id).orElseThrow().fence() == 0);
      readOnly(false);
      await().until(() -> jobs.live(id).isEmpty());
      assertThat(jobs.job(id).failureKind()).as("its inputs are none").isEqualTo("invalid_input");
    }
  }

  @Test
  void theApiSaysSoUntilItWritesAgain() {
    try (Stack stack = Stack.start(servers, database, Map.of("MLP_QUEUE_TYPE", QUEUES.name()))) {
      String job = HeldOut.DIGITS.anyJob();
      readOnly(true);

      await().until(() -> stack.client().post(job).status() == 503);
      Client.Answer refused = stack.client().post(job);
      assertThat(refused.status()).as(refused.text()).isEqualTo(503);
      assertThat(refused.json().path("type").asString()).endsWith("store-unavailable");
      assertThat(refused.header("Retry-After")).isPresent();

      readOnly(false);
      await().until(() -> stack.client().post(job).status() == 202);
    }
  }

  /** For new connections; those of the services end, as they do when a server changes its role. */
  private void readOnly(boolean on) {
    String name = database.url().substring(database.url().lastIndexOf('/') + 1);
    JdbcClient administrator = Database.asAdministrator(servers.postgresPort(), "postgres");
    administrator
        .sql(
            "alter database %s set default_transaction_read_only = %s"
                .formatted(name, on ? "on" : "off"))
        .update();
    if (on) {
      administrator
          .sql(
              "select pg_terminate_backend(pid) from pg_stat_activity"
                  + " where datname = ? and application_name like 'mlp-%'")
          .param(name)
          .query()
          .listOfRows();
    }
  }
}
