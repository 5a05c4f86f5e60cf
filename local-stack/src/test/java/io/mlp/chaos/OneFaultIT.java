package io.mlp.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.mlp.chaos.RealServers.Server;
import io.mlp.flow.Backends;
import io.mlp.flow.Client;
import io.mlp.flow.Database;
import io.mlp.flow.ModelFolder;
import io.mlp.flow.ServiceProcess;
import io.mlp.flow.ServiceProcess.Launch;
import io.mlp.flow.SharedStack;
import io.mlp.flow.TicketQueues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/**
 * Each fault alone, on real servers, with two apis and two workers that live through all of them.
 * {@code config/chaos-test} runs it.
 */
@Tag("chaos")
@ExtendWith(SharedStack.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OneFaultIT {
  /** Long enough for statements, requests and commits to run into their limits. */
  private static final Duration OUTAGE = Duration.ofSeconds(8);

  private final Backends servers;
  private final RealServers real = new RealServers();
  private final Rows rows;
  private Database database;
  private String name = "";
  private Fleet fleet;
  private Client client;

  OneFaultIT(Backends servers) throws Exception {
    this.servers = servers;
    this.rows = Rows.read();
    this.database = Database.create(servers.postgresPort());
    this.fleet = Fleet.start(servers, database, "classic");
    this.client = new Client(fleet.anyApi());
  }

  @BeforeEach
  void name(TestInfo test) {
    String method = test.getTestMethod().orElseThrow().getName();
    name = test.getDisplayName().startsWith(method) ? method : method + test.getDisplayName();
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
  void goesOn_whenAllConnectionsToPostgresAreEnded() throws InterruptedException {
    assertSucceed(
        submittingMeanwhile(() -> {
          for (int i = 0; i < 10; i++) {
            endConnectionsToPostgres();
            Chaos.pause(Duration.ofMillis(500));
          }
        }));
  }

  @Test
  void goesOn_whenPostgresTakesNoMoreConnections() throws InterruptedException {
    assertSucceed(
        submittingMeanwhile(() -> {
          ofDatabase("connection limit 0");
          endConnectionsToPostgres();
          Chaos.pause(OUTAGE);
          ofDatabase("connection limit -1");
        }));
  }

  /** As after a failover, when clients still reach what was the primary before. */
  @Test
  void goesOn_whenPostgresOnlyReadsForAWhile() throws InterruptedException {
    assertSucceed(
        submittingMeanwhile(() -> {
          ofDatabase("set default_transaction_read_only = on");
          endConnectionsToPostgres();
          Chaos.pause(OUTAGE);
          ofDatabase("reset default_transaction_read_only");
        }));
  }

  /** Every connection of the pools soon waits for the lock. */
  @ParameterizedTest
  @ValueSource(strings = {"live", "job"})
  void goesOn_whenATableIsLocked(String table) throws InterruptedException {
    assertSucceed(submittingMeanwhile(() -> lock(table)));
  }

  /** One that has no room, and one that has become a replica. */
  @ParameterizedTest
  @ValueSource(strings = {"maxmemory 1", "min-replicas-to-write 1"})
  void answersWhoWaits_whenRedisTakesNoWrites(String setting) {
    String[] words = setting.split(" ", 2);
    try (RedisClient redis = RedisClient.create(RedisURI.create("127.0.0.1", servers.redisPort()));
        StatefulRedisConnection<String, String> connection = redis.connect()) {
      connection.sync().configSet(words[0], words[1]);
      try {
        assertAnswersWhoWaits();
      } finally {
        connection.sync().configSet(words[0], "0");
      }
    }
  }

  @Test
  void goesOn_whenTheDiskOfPostgresIsFull() throws InterruptedException {
    assumeTrue(System.getProperty("user.name").equals("root"), "only root can mount a small disk");
    JdbcClient postgres = database.administrator();
    postgres.sql("create tablespace small location '%s'".formatted(real.smallDisk())).update();
    moveTables(postgres, "small");
    try {
      assertSucceed(
          submittingMeanwhile(() -> {
            fill(postgres, "small");
            await().until(() -> client.post(rows.get(0).job()).status() == 503);
            Chaos.pause(OUTAGE);
            postgres.sql("drop table filler").update();
          }));
    } finally {
      moveTables(postgres, "pg_default");
      postgres.sql("drop tablespace small").update();
    }
  }

  private static void moveTables(JdbcClient postgres, String tablespace) {
    for (String table : List.of("job", "live", "attempt")) {
      postgres.sql("alter table %s set tablespace %s".formatted(table, tablespace)).update();
    }
  }

  /** Until not even some rows find room; what fails keeps none, because nothing is vacuumed. */
  private static void fill(JdbcClient postgres, String tablespace) {
    postgres
        .sql(
            "create table filler (n integer) with (autovacuum_enabled = off) tablespace "
                + tablespace)
        .update();
    for (int rows = 100_000; rows >= 100; ) {
      try {
        postgres.sql("insert into filler select generate_series(1, %d)".formatted(rows)).update();
      } catch (DataAccessResourceFailureException _) {
        rows /= 10;
      }
    }
  }

  /**
   * The run goes on under its lease, and the ticket that is delivered again finds nothing to do.
   */
  @Test
  void runsJobsOnce_whenRabbitMqWaitsNoLongerForTheirTickets() {
    real.consumerTimeout(Duration.ofSeconds(1));
    try (ModelFolder models = ModelFolder.create().add("slow", "loops", "time_limit: 1m\n");
        Pair pair = new Pair(it -> it, it -> it.with("MODELS_DIRECTORY", models.path()))) {
      List<UUID> jobs = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        jobs.add(pair.client.submit("{\"model\":\"slow\",\"inputs\":{\"x\":[8000000]}}"));
      }
      for (UUID job : jobs) {
        JsonNode ended = pair.client.awaitEnd(job);
        assertThat(ended.path("status").asString()).as(ended.toString()).isEqualTo("succeeded");
        assertThat(ended.path("attempts").asInt()).isEqualTo(1);
      }
      assertThat(pair.worker.log()).contains("delivery acknowledgement on channel");
    } finally {
      real.consumerTimeout(Duration.ofMinutes(30));
    }
  }

  /** A deadline in a second is one by the clock of the database, which tells when it is over. */
  @ParameterizedTest
  @CsvSource({"-2,+2", "+2,-2"})
  void goesOn_whenClocksDiffer(String api, String worker) {
    try (Pair pair = new Pair(it -> withClock(it, api), it -> withClock(it, worker))) {
      Instant there =
          DateTimeFormatter.RFC_1123_DATE_TIME.parse(
              pair.client.get("/v1/models").header("Date").orElseThrow(), Instant::from);
      assertThat(Duration.between(Instant.now(), there))
          .isCloseTo(Duration.ofSeconds(Long.parseLong(api)), Duration.ofMillis(1500));
      for (int i = 0; i < 20; i++) {
        String job = rows.get(i).job().replaceFirst("}$", ",\"deadline\":\"PT1S\"}");
        JsonNode ended = pair.client.awaitEnd(pair.client.submit(job));
        assertThat(ended.path("status").asString()).as(ended.toString()).isEqualTo("succeeded");
        assertThat(times(ended)).isSorted();
      }
    }
  }

  private static List<Instant> times(JsonNode job) {
    return Stream.of("created_at", "started_at", "completed_at")
        .map(name -> Instant.parse(job.path(name).asString()))
        .toList();
  }

  /** By libfaketime, which is loaded before the C library. */
  private static Launch withClock(Launch launch, String seconds) {
    try (Stream<Path> folders = Files.list(Path.of("/usr/lib"))) {
      Path library =
          folders
              .map(folder -> folder.resolve("faketime/libfaketime.so.1"))
              .filter(Files::exists)
              .findFirst()
              .orElseThrow(() -> new IllegalStateException("config/test-servers install"));
      return launch.with("LD_PRELOAD", library.toString()).with("FAKETIME", seconds + "s");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An api and a worker beside the others, with a database and queues of their own. */
  private final class Pair implements AutoCloseable {
    private final Database database = Database.create(servers.postgresPort());
    private final String queues = "pair-" + UUID.randomUUID();
    private final ServiceProcess api;
    private final ServiceProcess worker;
    private final Client client;

    private Pair(UnaryOperator<Launch> ofApi, UnaryOperator<Launch> ofWorker) {
      real.addVirtualHost(queues, "guest");
      api = start(ofApi.apply(ServiceProcess.api(servers, database)));
      worker = start(ofWorker.apply(ServiceProcess.worker(servers, database)));
      client = new Client(api.port());
    }

    private ServiceProcess start(Launch launch) {
      return launch.withProperty("spring.rabbitmq.virtual-host", queues).start().awaitReady();
    }

    @Override
    public void close() {
      client.close();
      worker.close();
      api.close();
      real.dropVirtualHost(queues);
      database.close();
    }
  }

  private void lock(String table) {
    try (Connection session = database.dataSource().getConnection();
        Statement statement = session.createStatement()) {
      session.setAutoCommit(false);
      statement.execute("lock table %s in access exclusive mode".formatted(table));
      Chaos.pause(OUTAGE);
      session.rollback();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void endConnectionsToPostgres() {
    database
        .administrator()
        .sql(
            "select pg_terminate_backend(pid) from pg_stat_activity"
                + " where datname = current_database() and pid <> pg_backend_pid()")
        .query(Boolean.class)
        .list();
  }

  private void ofDatabase(String change) {
    JdbcClient administrator = database.administrator();
    String name = administrator.sql("select current_database()").query(String.class).single();
    administrator
        .sql(
            "begin; set transaction read write; alter database %s %s; commit"
                .formatted(name, change))
        .update();
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
      System.out.printf("%s: %s%n", name, clients);
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
