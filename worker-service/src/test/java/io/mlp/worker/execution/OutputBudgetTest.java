package io.mlp.worker.execution;

import static io.mlp.worker.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mlp.cache.FakeContentCache;
import io.mlp.job.CachePolicy;
import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import io.mlp.job.store.ClaimedJob;
import io.mlp.worker.Settings;
import io.mlp.worker.inference.InferenceFailed;
import io.mlp.worker.inference.TestTensors;
import io.mlp.worker.job.FakeJobs;
import io.mlp.worker.job.JobOutcome;
import io.mlp.worker.job.TestJobs;
import io.mlp.worker.repository.LoadedModel;
import io.mlp.worker.repository.TinyModels;
import io.mlp.worker.result.FakeAnnouncer;
import io.mlp.worker.schedule.ExecutionSettings;
import io.mlp.worker.schedule.FakeTicket;
import io.mlp.worker.schedule.InputBudget;
import io.mlp.worker.schedule.ModelQueue;
import io.mlp.worker.schedule.RunPermits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Of a model whose output has as many bytes as its input: four a column and row. */
class OutputBudgetTest {
  private final LoadedModel model = TinyModels.load("any_width", Duration.ofMinutes(1));
  private final ModelQueue queue = new ModelQueue(model);
  private final FakeJobs jobs = new FakeJobs();

  @AfterEach
  void close() {
    model.close();
  }

  private void run(OutputBudget budget, ClaimedJob... waiting) {
    ExecutionMetrics metrics = new ExecutionMetrics(new SimpleMeterRegistry());
    RunWatch watch =
        new RunWatch(jobs.leases(), _ -> {}, Settings.of(ExecutionSettings.class, Map.of()));
    BatchExecution execution =
        new BatchExecution(
            jobs.jobs(),
            jobs.leases(),
            new FakeContentCache(),
            new OutcomeWriter(jobs.jobs(), new FakeAnnouncer(), metrics, Unheard.log()),
            metrics,
            watch,
            new InputBudget(1 << 30),
            budget,
            new RunPermits(1),
            Unheard.spans(),
            Unheard.log());
    jobs.waiting(waiting);
    execution.run(queue, FakeTicket.some(waiting.length), () -> true);
    watch.destroy();
  }

  private static ClaimedJob job(int rows, int columns) {
    return TestJobs.asking(
        List.of(TestTensors.fp32("x", new long[] {rows, columns}, new float[rows * columns])),
        Set.of(),
        CachePolicy.BYPASS);
  }

  @Test
  void failsAJobWhoseOutputsHaveMoreThanTheLimit() {
    ClaimedJob fits = job(1, 10);
    ClaimedJob large = job(1, 11);

    run(new OutputBudget(40, 1000), fits, large);

    assertThat(jobs.recorded())
        .filteredOn(JobOutcome.Failed.class::isInstance)
        .containsExactly(
            new JobOutcome.Failed(
                large,
                new Failure(
                    FailureKind.OUTPUT_TOO_LARGE,
                    "The outputs have 44 bytes or more (WORKER_MAX_OUTPUT: 40)")));
    assertThat(jobs.recorded())
        .filteredOn(JobOutcome.Succeeded.class::isInstance)
        .extracting(JobOutcome::job)
        .containsExactly(fits);
  }

  @Test
  void dividesARunOfJobsThatFitOneByOne() {
    run(new OutputBudget(40, 1000), job(1, 10), job(1, 10), job(1, 10));

    assertThat(jobs.recorded()).hasSize(3).allMatch(JobOutcome.Succeeded.class::isInstance);
  }

  /** One that has more rows than a run takes. */
  @Test
  void countsTheOutputsOfAllRunsOfAJob() {
    run(new OutputBudget(64 * 4 + 35 * 4, 1000), job(64 + 35, 1), job(64 + 36, 1));

    assertThat(jobs.recorded())
        .extracting(outcome -> outcome instanceof JobOutcome.Succeeded)
        .containsExactly(true, false);
  }

  @Test
  void recordsWhatIsMuch_beforeItRunsMore() {
    run(new OutputBudget(1000, 39), job(1, 10), job(1, 11), job(1, 1), job(1, 2));

    assertThat(jobs.statements()).containsExactly(1, 1, 2);
    assertThat(jobs.held()).isEmpty();
  }

  @Test
  void recordsTogether_whatIsLittle() {
    run(new OutputBudget(1000, 1000), job(1, 10), job(1, 11), job(1, 1), job(1, 2));

    assertThat(jobs.statements()).containsExactly(4);
  }

  @Test
  void knowsWhatAJobHadAtMost() throws Exception {
    try (OutputBudget.Share share = new OutputBudget(1000, 1000).share()) {
      share.take(80, 0, 2);
      share.take(20, 30, 1);
      share.take(10, 0, 1);
      assertThat(share.mostOfJob()).isEqualTo(50);
    }
  }

  @Test
  void letsOneHoldMuch_andTheNextWaitUntilThatIsRecorded() throws Exception {
    OutputBudget budget = new OutputBudget(1000, 100);
    OutputBudget.Share first = budget.share();
    first.take(101, 0, 1);
    try (OutputBudget.Share little = budget.share()) {
      little.take(100, 0, 1);
      assertThat(little.holdsMuch()).isFalse();
    }
    AtomicBoolean through = new AtomicBoolean();
    OutputBudget.Share second = budget.share();
    Thread waiting = Thread.ofVirtual().start(() -> through.set(takes(second, 101)));
    eventually().until(() -> waiting.getState() == Thread.State.WAITING);

    first.giveBack();

    waiting.join();
    assertThat(through).isTrue();
    second.close();
    first.take(101, 0, 1);
    first.close();
  }

  private static boolean takes(OutputBudget.Share share, long bytes) {
    try {
      share.take(bytes, 0, 1);
      return true;
    } catch (InferenceFailed _) {
      return false;
    }
  }

  @Test
  void takesAFifthOfTheHeapForTheLimit_butNoMoreThanIsUsual() {
    ExecutionSettings usual = Settings.of(ExecutionSettings.class, Map.of());
    assertThat(usual.effectiveMaxOutput(100_000_000)).isEqualTo(20_000_000);
    assertThat(usual.effectiveMaxOutput(1L << 40)).isEqualTo(64 << 20);
    ExecutionSettings own = Settings.of(ExecutionSettings.class, Map.of("max-output", "100MB"));
    assertThat(own.effectiveMaxOutput(100_000_000)).isEqualTo(100 << 20);
  }

  @Test
  void refusesALimitThatTheDatabaseCannotHold() {
    assertThatThrownBy(() -> Settings.of(ExecutionSettings.class, Map.of("max-output", "513MB")))
        .hasStackTraceContaining(
            "worker.execution.max-output: 537919488B (expected: 0 to 536870912B)");
  }
}
