package io.mlp.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mlp.chaos.RealServers.Server;
import io.mlp.flow.Backends;
import io.mlp.flow.Client;
import io.mlp.flow.Database;
import io.mlp.flow.SharedStack;
import io.mlp.flow.TicketQueues;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Each fault alone, on real servers, with two apis and two workers that live through all of them.
 * {@code config/chaos-test} runs it.
 */
@Tag("chaos")
@ExtendWith(SharedStack.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OneFaultIT {
  private final Backends servers;
  private final RealServers real = new RealServers();
  private final Rows rows;
  private Database database;
  private Fleet fleet;
  private Client client;

  OneFaultIT(Backends servers) throws Exception {
    this.servers = servers;
    this.rows = Rows.read();
    this.database = Database.create(servers.postgresPort());
    this.fleet = Fleet.start(servers, database, "classic");
    this.client = new Client(fleet.anyApi());
  }

  @AfterEach
  void everythingGoesOnByItself() {
    fleet.awaitReady();
    client.close();
    client = new Client(fleet.anyApi()); // of the last one the api may be gone
    assertSucceed(submit(4));
  }

  @AfterAll
  void stop() {
    client.close();
    fleet.close();
    database.close();
  }

  @Test
  void acceptsJobs_whenRabbitMqIsAway() {
    real.stop(Server.RABBITMQ);
    List<UUID> jobs = submit(20);
    real.start(Server.RABBITMQ);

    assertSucceed(jobs);
  }

  @Test
  void acceptsJobs_whenRabbitMqIsBlockedByItsMemoryAlarm() {
    real.raiseMemoryAlarm();
    List<UUID> jobs = submit(20);
    real.endMemoryAlarm();

    assertSucceed(jobs);
  }

  @Test
  void acceptsJobs_whenRabbitMqIsFrozen() {
    real.freeze(Server.RABBITMQ);
    List<UUID> jobs = submit(20);
    real.thaw(Server.RABBITMQ);

    assertSucceed(jobs);
  }

  @Test
  void runsJobs_whenRabbitMqWasKilled() {
    List<UUID> jobs = submit(50);
    real.kill(Server.RABBITMQ);
    jobs.addAll(submit(20));
    real.start(Server.RABBITMQ);

    assertSucceed(jobs);
  }

  @Test
  void runsJobs_whenItsQueuesWereDeleted() {
    try (TicketQueues queues = TicketQueues.of(servers.broker(), "classic")) {
      queues.deleteAll();
    }

    assertSucceed(submit(20));
  }

  @Test
  void answersWhoWaits_whenRedisIsAway() {
    real.stop(Server.REDIS);
    try {
      assertAnswersWhoWaits();
    } finally {
      real.start(Server.REDIS);
    }
  }

  @Test
  void answersWhoWaits_whenRedisIsFrozen() {
    real.freeze(Server.REDIS);
    try {
      assertAnswersWhoWaits();
    } finally {
      real.thaw(Server.REDIS);
    }
  }

  @Test
  void knowsWhatFinished_whenRedisWasEmptied() {
    List<UUID> jobs = submit(5);
    assertSucceed(jobs);

    real.restart(Server.REDIS); // it saves nothing

    assertSucceed(jobs);
  }

  @Test
  void refusesJobsWith503_andGoesOn_whenPostgresIsAway() {
    List<UUID> before = submit(20);
    real.stop(Server.POSTGRES);
    Client.Answer answer = client.post(rows.get(0).job());
    real.start(Server.POSTGRES);

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.header("Retry-After")).isPresent();
    assertThat(answer.header("Content-Type")).contains("application/problem+json");
    assertSucceed(before);
  }

  @Test
  void refusesJobsWith503_andGoesOn_whenPostgresIsFrozen() {
    List<UUID> before = submit(20);
    real.freeze(Server.POSTGRES);
    Client.Answer answer = client.post(rows.get(0).job());
    real.thaw(Server.POSTGRES);

    assertThat(answer.status()).isEqualTo(503);
    assertSucceed(before);
  }

  @Test
  void runsJobs_whenAWorkerIsKilledInMidBatch() throws InterruptedException {
    long lost = database.count("attempt where kind = 'worker_lost'");
    List<UUID> jobs = submittingMeanwhile(fleet::killAWorkerInMidBatch);

    assertSucceed(jobs);
    assertThat(database.count("attempt where kind = 'worker_lost'")).isGreaterThan(lost);
  }

  @Test
  void countsOneOutcome_whenAFrozenWorkerComesBackAfterItsLease() throws InterruptedException {
    double late = fleet.lateRecordsRefused();
    List<UUID> jobs =
        submittingMeanwhile(() -> fleet.freezeAWorkerPastItsLease(Fleet.LEASE.multipliedBy(3)));

    assertSucceed(jobs);
    await().until(() -> fleet.lateRecordsRefused() > late);
  }

  @Test
  void keepsWhatItAccepted_whenAnApiIsKilled() throws InterruptedException {
    assertSucceed(submittingMeanwhile(fleet::killAnApi));
  }

  /** Also those who would rather have an answer from the cache. */
  private void assertAnswersWhoWaits() {
    for (int i = 0; i < 3; i++) {
      String job = rows.get(i).job();
      String cached = job.replaceFirst("}$", ",\"cache\":\"use\"}");
      for (String body : List.of(job, cached, cached)) {
        Client.Answer answer = client.post(body, "Prefer", "wait=20");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.text()).contains("\"status\":\"succeeded\"");
      }
    }
  }

  private List<UUID> submit(int count) {
    List<UUID> jobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      jobs.add(client.submit(rows.get(i).job()));
    }
    return jobs;
  }

  private List<UUID> submittingMeanwhile(Runnable fault) throws InterruptedException {
    try (Clients clients = new Clients(fleet::anyApi, rows, 4, Duration.ofMillis(10))) {
      fault.run();
      clients.finish();
      return List.copyOf(clients.accepted().keySet());
    }
  }

  private void assertSucceed(List<UUID> jobs) {
    UUID[] ids = jobs.toArray(UUID[]::new);
    Chaos.awaitRows(Duration.ofMinutes(1))
        .untilAsserted(() ->
            assertThat(
                    database.count("job where id = any(?) and status = 'succeeded'", (Object) ids))
                .isEqualTo(jobs.size()));
  }
}
