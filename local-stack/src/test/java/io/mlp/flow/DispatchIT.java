package io.mlp.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import io.mlp.dispatch.Ticket;
import io.mlp.dispatch.TicketCodec;
import io.mlp.dispatch.TicketQueue;
import io.mlp.job.WaitingJob;
import io.mlp.worker.intake.Intake;
import java.time.Duration;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

/**
 * A 202 holds whatever becomes of tickets, broker and cache: an api and a worker of their own,
 * which reach broker and Redis through proxies that this test cuts and freezes.
 */
@ExtendWith(SharedStack.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DispatchIT {
  /** Queues of another name than those of the shared stack. */
  private static final TicketQueue.Type QUEUES = TicketQueue.Type.QUORUM;

  private static final String DIGITS = new TicketQueue("digits", 1, QUEUES).name();
  private static final int WINDOW = 5;
  private static final String JOB = HeldOut.DIGITS.anyJob();

  private final CuttableProxy broker;
  private final CuttableProxy redis;
  private final Database database;
  private final Stack stack;
  private final Client client;
  private final Client worker;
  private final TicketQueues queues;
  private final Intake intake;

  DispatchIT(Backends servers, Database database) {
    this.broker = CuttableProxy.to(servers.broker().port());
    this.redis = CuttableProxy.to(servers.redisPort());
    this.database = database;
    this.stack = Stack.start(servers, database, properties());
    this.client = stack.client();
    this.worker = new Client(stack.worker().port());
    this.queues = TicketQueues.of(servers.broker(), QUEUES);
    this.intake = stack.worker().bean(Intake.class);
  }

  private Map<String, String> properties() {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("spring.rabbitmq.port", Integer.toString(broker.port()));
    properties.put("spring.data.redis.port", Integer.toString(redis.port()));
    properties.put("MLP_QUEUE_TYPE", QUEUES.name());
    properties.put("API_DISPATCH_WINDOW", Integer.toString(WINDOW));
    properties.put("API_REDISPATCH_AFTER", "1s");
    properties.put("API_DISPATCH_INTERVAL", "50ms");
    properties.put("API_JOBS_PER_TICKET", "1");
    properties.put("API_WAIT_REREAD", "200ms");
    return properties;
  }

  @BeforeEach
  void awaitSubscription() {
    await().atMost(Duration.ofSeconds(30)).until(intake::subscribed);
  }

  @AfterEach
  void restore() {
    broker.restore();
    redis.restore();
    if (!intake.isRunning()) {
      intake.start();
    }
  }

  @AfterAll
  void close() {
    worker.close();
    stack.close();
    queues.close();
    broker.close();
    redis.close();
  }

  @Test
  void jobsGetOtherTickets_whenTheBrokerLostTheirs() {
    intake.stop();
    List<UUID> jobs = submit(3);
    await().until(() -> queues.ready("digits", 1) == 3);

    assertThat(queues.purge("digits", 1)).isEqualTo(3);
    intake.start();

    assertAllSucceed(jobs);
  }

  @Test
  void aBacklogLongerThanTheWindowIsWorkedOff() {
    intake.stop();
    List<UUID> jobs = submit(10 * WINDOW);

    // Tickets that are under way just when the broker is asked are not counted, so a few more fit.
    await()
        .during(Duration.ofMillis(500))
        .untilAsserted(() -> assertThat(queues.ready("digits", 1)).isBetween(1, 3 * WINDOW));
    assertThat(database.count("live")).isEqualTo(jobs.size());
    intake.start();

    assertAllSucceed(jobs);
  }

  @Test
  void doubledTicketsRunNothingTwice() {
    UUID job = submit(1).getFirst();
    client.awaitEnd(job);
    double before = stack.worker().counted("mlp.tickets.without.job");

    for (int i = 0; i < 10; i++) {
      queues.publish(
          "digits",
          1,
          TicketCodec.encode(new Ticket(1, false, List.of(new WaitingJob(job, 0, 0, null)))));
    }

    await().until(() -> stack.worker().counted("mlp.tickets.without.job") >= before + 10);
    assertThat(client.job(job).path("attempts").asInt()).isEqualTo(1);
    assertThat(database.count("attempt")).isZero();
  }

  @Test
  void aMessageThatIsNoTicketIsParked_andTheWorkerGoesOn() {
    double before = stack.worker().counted("mlp.tickets.unreadable");

    queues.publish("digits", 1, "no ticket".getBytes(UTF_8));

    await().until(() -> stack.worker().counted("mlp.tickets.unreadable") == before + 1);
    assertAllSucceed(submit(1));
    await().until(() -> queues.ready("digits", 1) == 0);
    GetResponse parked = queues.takeDead("no ticket");
    assertThat(parked.getProps().getHeaders())
        .hasEntrySatisfying("x-mlp-queue", it -> assertThat(it).hasToString(DIGITS))
        .hasEntrySatisfying(
            "x-mlp-reason",
            it -> assertThat(it.toString()).startsWith("ticket format: 110 (expected: 2)"))
        .hasEntrySatisfying("x-mlp-parked-at", it -> assertThat(it).isInstanceOf(Date.class));
  }

  /** Somebody's mistake must not fill the broker. */
  @Test
  void parkedMessagesAreBounded() {
    double before = stack.worker().counted("mlp.tickets.unreadable");

    queues.publish(
        "digits",
        1,
        IntStream.range(0, 1050).mapToObj(i -> ("no ticket " + i).getBytes(UTF_8)).toList());

    await().until(() -> stack.worker().counted("mlp.tickets.unreadable") == before + 1050);
    await().untilAsserted(() -> assertThat(queues.dead()).isBetween(900, 1000));
    assertThat(queues.takeDead().getBody()).asString(UTF_8).isNotEqualTo("no ticket 0");
    queues.purgeDead();
  }

  /** A ticket that comes back is another's; the channel that it came by goes on. */
  @Test
  @ExtendWith(OutputCaptureExtension.class)
  void theWorkerConsumesAQueueAgainThatWasDeleted(CapturedOutput log) {
    queues.delete("digits", 1);

    assertAllSucceed(submit(2));
    assertThat(log.getAll()).doesNotContain("handleReturn threw");
    await().until(() -> readiness() == 200);
  }

  /** Their jobs have tickets in the queues of today. */
  @Test
  void theWorkerDeletesTheQueueOfProcessesOfBefore_onceNobodyConsumesIt() {
    queues.declareBefore("digits", 1);
    assertThat(queues.hasBefore("digits", 1)).isTrue();

    intake.stop();
    intake.start();

    await().until(() -> !queues.hasBefore("digits", 1));
  }

  /**
   * Somebody else declares it before the worker looks; the local stack's broker tells nothing then.
   * RabbitMQ 3.10 gives a consumer of before, which nobody hears, as many tickets as it may hold:
   * only what waits beyond them tells.
   */
  @Test
  void theWorkerConsumesAQueueAgainThatWasReplaced() {
    queues.delete("digits", 1);
    queues.declare("digits", 1);

    assertAllSucceed(submit(200));
    await().until(() -> readiness() == 200);
  }

  @Test
  void theWorkerIsNotReady_whileTheBrokerIsAway() {
    broker.cut();

    await().until(() -> readiness() == 503);
    broker.restore();

    await().until(() -> readiness() == 200);
    assertAllSucceed(submit(1));
  }

  private int readiness() {
    return worker.get("/actuator/health/readiness").status();
  }

  @Test
  void acceptsJobs_whenTheBrokerIsAway() {
    broker.cut();

    List<UUID> jobs = submit(3);
    assertThat(client.job(jobs.getFirst()).path("status").asString()).isEqualTo("queued");
    broker.restore();

    assertAllSucceed(jobs);
  }

  @Test
  void acceptsJobs_whenTheBrokerIsFrozen() {
    broker.freeze();

    List<UUID> jobs = submit(3);
    broker.restore();

    assertAllSucceed(jobs);
  }

  @Test
  void answersThoseWhoWait_whenRedisIsAway() {
    UUID earlier = submit(1).getFirst();
    client.awaitEnd(earlier);
    redis.cut();

    assertReadable(earlier);
    assertThat(client.run(JOB).path("status").asString()).isEqualTo("succeeded");
    redis.restore();
    assertThat(client.run(JOB).path("status").asString()).isEqualTo("succeeded");
  }

  @Test
  void answersThoseWhoWait_whenRedisIsFrozen() {
    UUID earlier = submit(1).getFirst();
    client.awaitEnd(earlier);
    redis.freeze();

    assertReadable(earlier);
    assertThat(client.run(JOB).path("status").asString()).isEqualTo("succeeded");
  }

  /** At the first try, and again once the circuit breaker has opened. */
  private void assertReadable(UUID id) {
    for (int i = 0; i < 10; i++) {
      Client.Answer answer = client.get("/v1/jobs/" + id);
      assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    }
  }

  private List<UUID> submit(int jobs) {
    return IntStream.range(0, jobs).mapToObj(_ -> client.submit(JOB)).toList();
  }

  private void assertAllSucceed(List<UUID> jobs) {
    for (UUID id : jobs) {
      JsonNode job = client.awaitEnd(id);
      assertThat(job.path("status").asString()).as(job.toString()).isEqualTo("succeeded");
    }
    assertThat(database.count("live")).isZero();
  }
}
