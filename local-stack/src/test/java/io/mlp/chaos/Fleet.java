package io.mlp.chaos;

import io.mlp.flow.Backends;
import io.mlp.flow.Database;
import io.mlp.flow.ServiceProcess;
import io.mlp.flow.ServiceProcess.Launch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Two apis and two workers, each a process of its own that may die. */
final class Fleet implements AutoCloseable {
  static final Duration LEASE = Duration.ofSeconds(5);

  /** In which the database has done what was sent before. */
  private static final Duration SENT = Duration.ofMillis(200);

  private final Database database;
  private final Launch apiLaunch;
  private final Launch workerLaunch;
  private final List<ServiceProcess> apis = new ArrayList<>();
  private final List<Worker> workers = new ArrayList<>();
  private double lateRecordsOfTheDead;
  private double healsOfTheDead;

  /** A worker, and the id under which the database knows it. */
  private record Worker(ServiceProcess process, UUID id) {}

  private Fleet(Backends servers, Database database, String queueType) {
    this.database = database;
    this.apiLaunch =
        ServiceProcess.api(servers, database)
            .with("MLP_QUEUE_TYPE", queueType)
            .with("API_LOOPBACK_OWNER", "chaos");
    this.workerLaunch =
        ServiceProcess.worker(servers, database)
            .with("MLP_QUEUE_TYPE", queueType)
            .with("WORKER_LEASE", LEASE.toSeconds() + "s");
  }

  /** Starts them and returns when they serve. */
  static Fleet start(Backends servers, Database database, String queueType) {
    Fleet fleet = new Fleet(servers, database, queueType);
    fleet.startApi();
    fleet.startApi();
    fleet.startWorker();
    fleet.startWorker();
    return fleet;
  }

  private void startApi() {
    ServiceProcess api = apiLaunch.start().awaitReady();
    synchronized (apis) {
      apis.add(api);
    }
  }

  private void startWorker() {
    ServiceProcess process = workerLaunch.start().awaitReady();
    UUID id =
        database
            .sql()
            .sql("select id from worker order by started_at desc limit 1")
            .query(UUID.class)
            .single();
    workers.add(new Worker(process, id));
  }

  /** The port of one of the apis. */
  int anyApi() {
    synchronized (apis) {
      return apis.get(ThreadLocalRandom.current().nextInt(apis.size())).port();
    }
  }

  void killAnApi() {
    ServiceProcess victim;
    synchronized (apis) {
      victim = apis.removeFirst();
    }
    healsOfTheDead += victim.metric("mlp_dispatcher_tickets_total");
    victim.kill();
    startApi();
  }

  /** Kills one that has jobs in its hands, and starts another. */
  void killAWorkerInMidBatch() {
    Worker victim = workers.removeFirst();
    lateRecordsOfTheDead += victim.process.metric("mlp_late_records_refused_total");
    freezeInMidBatch(victim);
    victim.process.kill();
    startWorker();
  }

  /** Freezes one that has jobs in its hands until these have been given to others. */
  void freezeAWorkerPastItsLease(Duration time) {
    Worker victim = workers.getFirst();
    freezeInMidBatch(victim);
    Chaos.pause(time);
    victim.process.thaw();
  }

  /**
   * Frozen first, then looked at when what it had sent to the database has been done: what is in
   * its hands then stays there.
   */
  private void freezeInMidBatch(Worker worker) {
    Chaos.awaitRows(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> {
          worker.process.freeze();
          Chaos.pause(SENT);
          if (database.count("live where worker_id = ? and lease_until is not null", worker.id)
              > 0) {
            return true;
          }
          worker.process.thaw();
          return false;
        });
  }

  /** Records of which workers were told that they came too late. */
  double lateRecordsRefused() {
    return lateRecordsOfTheDead
        + workers.stream()
            .mapToDouble(worker -> worker.process.metric("mlp_late_records_refused_total"))
            .sum();
  }

  /** Tickets sent again. */
  double heals() {
    synchronized (apis) {
      return healsOfTheDead
          + apis.stream().mapToDouble(api -> api.metric("mlp_dispatcher_tickets_total")).sum();
    }
  }

  void awaitReady() {
    synchronized (apis) {
      apis.forEach(ServiceProcess::awaitReady);
    }
    workers.forEach(worker -> worker.process.awaitReady());
  }

  @Override
  public void close() {
    workers.forEach(worker -> worker.process.close());
    synchronized (apis) {
      apis.forEach(ServiceProcess::close);
    }
  }
}
