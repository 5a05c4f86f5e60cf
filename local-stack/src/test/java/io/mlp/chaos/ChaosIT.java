package io.mlp.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.chaos.RealServers.Server;
import io.mlp.flow.Backends;
import io.mlp.flow.Database;
import io.mlp.flow.SharedStack;
import io.mlp.flow.TicketQueues;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients submit while workers, apis and servers are killed, frozen, restarted and emptied, and
 * then every accepted job has ended once. {@code config/chaos-test} runs it, on real servers.
 */
@Tag("chaos")
@ExtendWith(SharedStack.class)
class ChaosIT {
  private static final Duration FROZEN = Duration.ofSeconds(20);

  private final Backends servers;
  private final RealServers real = new RealServers();

  ChaosIT(Backends servers) {
    this.servers = servers;
  }

  static String[] queueTypes() {
    return System.getProperty("chaos.queue-types", "classic").split(",", -1);
  }

  @ParameterizedTest(name = "{0} queues")
  @MethodSource("queueTypes")
  void everyAcceptedJobEndsOnce(String queueType) throws Exception {
    int jobs = Integer.getInteger("chaos.jobs", 2000);
    try (Database database = Database.create(servers.postgresPort());
        Fleet fleet = Fleet.start(servers, database, queueType);
        Clients clients = new Clients(fleet::anyApi, Rows.read(), 6, Duration.ofMillis(40))) {
      do {
        breakEverything(fleet, queueType);
      } while (clients.count() < jobs);
      say("no more jobs");
      clients.finish();
      fleet.awaitReady();
      Chaos.awaitRows(Duration.ofMinutes(2))
          .pollInterval(Duration.ofMillis(200))
          .until(() -> database.count("live") == 0);
      Balance balance = new Balance(database);
      report(queueType, clients, fleet, balance);
      balance.requireOneOutcomeEach(clients.accepted().keySet());
      balance.requireResultsOf(clients.accepted());
      assertThat(fleet.lateRecordsRefused()).as("late records refused").isPositive();
    }
  }

  private void breakEverything(Fleet fleet, String queueType) {
    for (int i = 0; i < 5; i++) {
      step("kill a worker in mid-batch");
      fleet.killAWorkerInMidBatch();
    }
    for (int i = 0; i < 2; i++) {
      step("kill an api");
      fleet.killAnApi();
    }
    step("restart RabbitMQ");
    real.restart(Server.RABBITMQ);
    step("delete RabbitMQ's queues");
    try (TicketQueues queues = TicketQueues.of(servers.broker(), queueType)) {
      queues.deleteAll();
    }
    step("raise RabbitMQ's memory alarm");
    real.raiseMemoryAlarm();
    Chaos.pause(Duration.ofSeconds(8));
    real.endMemoryAlarm();
    step("kill Redis");
    real.kill(Server.REDIS);
    Chaos.pause(Duration.ofSeconds(3));
    real.start(Server.REDIS);
    step("restart PostgreSQL");
    real.restart(Server.POSTGRES);
    for (Server server : Server.values()) {
      step("freeze " + server);
      real.freeze(server);
      Chaos.pause(FROZEN);
      real.thaw(server);
    }
    step("freeze a worker past its lease");
    fleet.freezeAWorkerPastItsLease(FROZEN);
  }

  /** Gives what was broken before a moment to go on. */
  private static void step(String what) {
    Chaos.pause(Duration.ofSeconds(2));
    say(what);
  }

  private static void report(String queueType, Clients clients, Fleet fleet, Balance balance) {
    say(queueType + " queues: " + clients);
    say("  outcomes: " + balance.outcomes());
    say("  tries that did not end their job: " + balance.attempts());
    say(
        "  late records refused: %.0f; tickets sent again: %.0f; longest gap without a result: %.1f s"
            .formatted(fleet.lateRecordsRefused(), fleet.heals(), balance.longestGapSeconds()));
  }

  private static void say(String line) {
    System.out.println(
        LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS) + " " + line);
  }
}
