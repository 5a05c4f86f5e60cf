package io.mlp.worker.execution;

import static io.mlp.worker.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mlp.cache.FakeContentCache;
import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import io.mlp.job.store.ClaimedJob;
import io.mlp.worker.Settings;
import io.mlp.worker.job.FakeJobs;
import io.mlp.worker.job.JobOutcome;
import io.mlp.worker.job.TestJobs;
import io.mlp.worker.repository.LoadedModel;
import io.mlp.worker.repository.TinyModels;
import io.mlp.worker.result.FakeAnnouncer;
import io.mlp.worker.schedule.ExecutionSettings;
import io.mlp.worker.schedule.FakeTicket;
import io.mlp.worker.schedule.HeldTicket;
import io.mlp.worker.schedule.InputBudget;
import io.mlp.worker.schedule.ModelQueue;
import io.mlp.worker.schedule.RunPermits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;

/** What becomes of runs that take too long or that nobody wants any more, with real slow models. */
class RunWatchTest {
  /** Minutes of steps. */
  private static final long ENDLESS = 1_000_000_000;

  private final FakeJobs jobs = new FakeJobs();
  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final List<Object> events = new CopyOnWriteArrayList<>();
  private RunWatch watch = watch(Map.of());
  private BatchExecution batches = batches();

  private RunWatch watch(Map<String, ?> values) {
    return new RunWatch(jobs.leases(), events::add, Settings.of(ExecutionSettings.class, values));
  }

  private BatchExecution batches() {
    ExecutionMetrics metrics = new ExecutionMetrics(meters);
    return new BatchExecution(
        jobs.jobs(),
        jobs.leases(),
        new FakeContentCache(),
        new OutcomeWriter(jobs.jobs(), new FakeAnnouncer(), metrics, Unheard.log()),
        metrics,
        watch,
        new InputBudget(1 << 30),
        new OutputBudget(1 << 30, 1 << 20),
        new RunPermits(1),
        Unheard.spans(),
        Unheard.log());
  }

  @AfterEach
  void close() {
    watch.destroy();
  }

  @Test
  void endsARunThatTakesLongerThanItsModelsLimit_andTheJobIsTriedAgain() {
    try (LoadedModel loops = TinyModels.load("loops", Duration.ofMillis(150))) {
      ClaimedJob endless = TestJobs.lasting(ENDLESS);

      run(loops, endless);

      assertThat(jobs.requeued())
          .containsExactly(
              new JobOutcome.Failed(
                  endless,
                  new Failure(
                      FailureKind.TIMEOUT, "The run took longer than its limit of 0.15 s")));
    }
  }

  @Test
  void harmsNoNeighbourOfAJobThatTakesTooLong() {
    try (LoadedModel loops = TinyModels.load("loops", Duration.ofMillis(150))) {
      ClaimedJob endless = TestJobs.lasting(ENDLESS);
      List<ClaimedJob> good = List.of(TestJobs.lasting(1), TestJobs.lasting(2));

      run(loops, good.getFirst(), endless, good.getLast());

      assertThat(jobs.recorded()).extracting(JobOutcome::job).containsExactlyElementsOf(good);
      assertThat(jobs.requeued()).extracting(JobOutcome::job).containsExactly(endless);
    }
  }

  @Test
  void endsARun_whenItsJobIsTakenAway() {
    try (LoadedModel loops = TinyModels.load("loops", Duration.ofHours(1))) {
      ClaimedJob canceled = TestJobs.lasting(ENDLESS);
      Thread running = Thread.ofVirtual().start(() -> run(loops, canceled));
      eventually().until(watch::computing);

      jobs.takeAway(canceled);

      eventually().until(() -> !running.isAlive());
      assertThat(jobs.recorded()).isEmpty();
      assertThat(jobs.requeued()).isEmpty();
      assertThat(meters.counter("mlp.late.records.refused").count()).isEqualTo(1);
    }
  }

  @Test
  void letsARunGoOn_whileOneOfItsJobsIsWanted() {
    try (LoadedModel loops = TinyModels.load("loops", Duration.ofHours(1))) {
      ClaimedJob canceled = TestJobs.lasting(ENDLESS);
      ClaimedJob wanted = TestJobs.lasting(1);
      Thread running = Thread.ofVirtual().start(() -> run(loops, canceled, wanted));
      eventually().until(watch::computing);

      jobs.takeAway(canceled);

      eventually().during(Duration.ofMillis(500)).until(running::isAlive);
      jobs.takeAway(wanted);
      eventually().until(() -> !running.isAlive());
    }
  }

  @Test
  void givesJobsBack_whenTheWorkerHasWaitedLongEnoughForThem() {
    try (LoadedModel loops = TinyModels.load("loops", Duration.ofHours(1))) {
      ClaimedJob unfinished = TestJobs.lasting(ENDLESS);
      jobs.waiting(unfinished);
      List<HeldTicket> tickets = FakeTicket.some(1);
      Thread running =
          Thread.ofVirtual().start(() -> batches.run(new ModelQueue(loops), tickets, () -> true));
      eventually().until(watch::computing);

      batches.endRuns();

      eventually().until(() -> !running.isAlive());
      assertThat(jobs.released()).containsExactly(unfinished);
      assertThat(tickets).as("another worker gets another").allMatch(FakeTicket::isDone);
      assertThat(meters.get("mlp.jobs.released").counter().count()).isEqualTo(1);
    }
  }

  @Test
  void beginsNoRun_onceAllHaveBeenEnded() {
    try (LoadedModel loops = TinyModels.load("loops", Duration.ofHours(1))) {
      ClaimedJob late = TestJobs.lasting(1);
      batches.endRuns();

      run(loops, late);

      assertThat(jobs.released()).containsExactly(late);
      assertThat(jobs.recorded()).isEmpty();
    }
  }

  @Test
  void givesUpOnARunThatDoesNotEnd_andTheWorkerIsNoLongerLive() {
    watch.destroy();
    watch = watch(Map.of("stuck-after", "100ms"));
    batches = batches();
    try (LoadedModel deaf = TinyModels.load("deaf", Duration.ofMillis(1))) {
      ClaimedJob stuck = TestJobs.lasting(60_000);
      Thread running = Thread.ofPlatform().start(() -> run(deaf, stuck));

      eventually().until(watch::stuck);

      assertThat(running.isAlive()).isTrue();
      assertThat(watch.stuck(running)).isTrue();
      assertThat(watch.stuck(Thread.currentThread())).isFalse();
      assertThat(jobs.held()).as("left to its lease").isEmpty();
      eventually().until(() -> !events.isEmpty());
      assertThat(events)
          .singleElement()
          .isInstanceOfSatisfying(
              AvailabilityChangeEvent.class,
              event -> assertThat(event.getState()).isEqualTo(LivenessState.BROKEN));
      eventually().until(() -> !running.isAlive());
    }
  }

  private void run(LoadedModel model, ClaimedJob... claimed) {
    jobs.waiting(claimed);
    batches.run(new ModelQueue(model), FakeTicket.some(claimed.length), () -> true);
  }
}
