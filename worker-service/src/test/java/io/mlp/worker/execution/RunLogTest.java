package io.mlp.worker.execution;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import io.mlp.job.TraceContext;
import io.mlp.job.store.ClaimedJob;
import io.mlp.worker.Settings;
import io.mlp.worker.ShippedModels;
import io.mlp.worker.job.JobOutcome;
import io.mlp.worker.job.RecordedJob;
import io.mlp.worker.job.TestJobs;
import io.mlp.worker.repository.LoadedModel;
import io.mlp.worker.schedule.ExecutionSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RunLogTest {
  private final LoadedModel iris = ShippedModels.iris();
  private final Logger logger = (Logger) LoggerFactory.getLogger(RunLog.class);
  private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
  private final RunLog log =
      new RunLog(Settings.of(ExecutionSettings.class, Map.of("slow-run", "100ms")));

  @BeforeEach
  void listen() {
    appender.start();
    logger.addAppender(appender);
  }

  @AfterEach
  void listenNoMore() {
    logger.detachAppender(appender);
  }

  @Test
  void summarizesWhatAModelDid_andNothingWhereItDidNothing() {
    log.computed(iris, Duration.ofMillis(4), 2);
    log.answered(iris, 3);
    log.computed(iris, Duration.ofMillis(5), 1);
    log.answered(iris, 2);
    log.recorded(iris, List.of(succeeded(), succeeded(), failed()));

    log.summarize();
    log.summarize();

    assertThat(lines())
        .filteredOn(line -> line.contains("ended"))
        .containsExactly(
            "iris/1: 3 jobs ended, 1 attempts failed, 2 runs, 2.5 rows a run, 4.5 ms a run");
  }

  @Test
  void namesAJobThatFailed_withItsTrace_andNothingThatSomebodySent() {
    TraceContext trace = new TraceContext("a".repeat(32), "b".repeat(16), false);
    ClaimedJob job = TestJobs.traced(TestJobs.unreadable(), trace);
    log.recorded(iris, List.of(recorded(failed(job))));

    assertThat(lines())
        .containsExactly(
            "Job %s of iris/1 has failed after attempt 1 of 3: invalid_input".formatted(job.id()));
    assertThat(appender.list.getFirst().getMDCPropertyMap())
        .containsExactly(Map.entry("trace_id", "a".repeat(32)));
  }

  @Test
  void tellsOfAnAttemptThatWillBeFollowedByAnother() {
    log.requeued(iris, failed(TestJobs.versicolor()));

    assertThat(lines()).singleElement().asString().contains("will be tried again after attempt 1");
    assertThat(appender.list.getFirst().getMDCPropertyMap()).isEmpty();
  }

  @Test
  void tellsOfSlowRunsOnly() {
    log.computed(iris, Duration.ofMillis(99), 7);
    log.computed(iris, Duration.ofMillis(100), 8);

    assertThat(lines()).containsExactly("A run of iris/1 took 100 ms, with 8 jobs");
  }

  /** A model that fails for all fills no disk; the summary counts. */
  @Test
  void tellsOfAFewFailuresBetweenTwoSummaries() {
    for (int round = 1; round <= 2; round++) {
      for (int i = 0; i < 1000; i++) {
        log.recorded(iris, List.of(failed()));
      }
      log.summarize();

      assertThat(lines()).hasSize(round * (RunLog.MOST_LINES + 1));
      assertThat(lines()).last().asString().contains("1000 jobs ended, 1000 attempts failed");
    }
  }

  @Test
  void tellsTheLastOfItWhereItEnds() {
    log.recorded(iris, List.of(succeeded()));
    log.destroy();

    assertThat(lines()).singleElement().asString().contains("1 jobs ended");
  }

  private List<String> lines() {
    return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  private static RecordedJob succeeded() {
    return recorded(
        new JobOutcome.Succeeded(
            TestJobs.versicolor(), List.of(), null, Duration.ofMillis(1), 1, null));
  }

  private static RecordedJob failed() {
    return recorded(failed(TestJobs.versicolor()));
  }

  private static JobOutcome.Failed failed(ClaimedJob job) {
    return new JobOutcome.Failed(
        job, new Failure(FailureKind.INVALID_INPUT, "indices element out of bounds, idx=4711"));
  }

  private static RecordedJob recorded(JobOutcome outcome) {
    return new RecordedJob(outcome, outcome.job().createdAt(), outcome.job().createdAt());
  }
}
