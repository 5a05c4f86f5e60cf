package io.mlp.worker.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.flow.Database;
import io.mlp.flow.IdleModel;
import io.mlp.flow.JobTable;
import io.mlp.flow.JobTable.NewRow;
import io.mlp.flow.SharedStack;
import io.mlp.job.CacheResult;
import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import io.mlp.job.Prediction;
import io.mlp.job.store.ClaimedJob;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorCodec;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorType;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** One recorded outcome a job, and only by the worker that holds it. */
@ExtendWith(SharedStack.class)
class RecordIT {
  private static final Failure FAILURE = new Failure(FailureKind.MODEL_ERROR, "it broke");

  private final Database database;
  private final JobTable jobs;
  private final int version;
  private final HandWorker worker;

  RecordIT(Database database) {
    this.database = database;
    this.jobs = new JobTable(database);
    this.version = IdleModel.register(database, "model-" + UUID.randomUUID());
    this.worker = new HandWorker(database);
  }

  @AfterEach
  void closeWorker() {
    worker.close();
  }

  @Test
  void aSuccessEndsTheJobWithItsOutputs() {
    UUID id = jobs.add(NewRow.of(version));
    ClaimedJob job = worker.claimOne(version);
    Tensor output =
        new Tensor("label", TensorType.INT8, TensorShape.of(2), ByteBuffer.wrap(new byte[] {1, 2}));
    JobOutcome outcome =
        new JobOutcome.Succeeded(
            job,
            List.of(output),
            List.of(new Prediction("one", 0.75), new Prediction("two", null)),
            Duration.ofMillis(3),
            2,
            CacheResult.MISS);
    RecordedJob recorded = worker.jobs().record(List.of(outcome), "d".repeat(64)).getFirst();
    JobTable.JobRow row = jobs.job(id);
    assertThat(row.status()).isEqualTo("succeeded");
    assertThat(row.attempts()).isEqualTo(1);
    assertThat(row.worker()).isEqualTo(worker.identity().name());
    assertThat(row.digest()).isEqualTo("d".repeat(64));
    assertThat(row.outputs())
        .isEqualTo(HexFormat.of().formatHex(TensorCodec.encode(List.of(output))));
    assertThat(row.predictions())
        .isEqualTo("[{\"label\": \"one\", \"score\": 0.75}, {\"label\": \"two\"}]");
    assertThat(row.failureKind()).isNull();
    assertThat(row.startedAt()).isEqualTo(job.claimedAt().toString());
    assertThat(row.completedAt()).isEqualTo(recorded.completedAt().toString());
    assertThat(row.expiresAt())
        .isEqualTo(recorded.completedAt().plus(Duration.ofDays(7)).toString());
    assertThat(jobs.live(id)).isEmpty();
    assertThat(jobs.attempts(id)).isEmpty();
  }

  @Test
  void aFailureEndsTheJobAndLeavesItsAttempt() {
    UUID id = jobs.add(NewRow.of(version));
    assertThat(worker.record(new JobOutcome.Failed(worker.claimOne(version), FAILURE)))
        .containsExactly(id);
    assertThat(jobs.job(id).status()).isEqualTo("failed");
    assertThat(jobs.job(id).failureKind()).isEqualTo("model_error");
    assertThat(jobs.job(id).failureDetail()).isEqualTo("it broke");
    assertThat(jobs.live(id)).isEmpty();
    assertThat(jobs.attempts(id))
        .containsExactly(
            new JobTable.AttemptRow(1, worker.identity().id(), "model_error", "it broke"));
  }

  @Test
  void aRecordUnderAnOldFenceIsRefused_andTheJobUntouched() {
    UUID id = jobs.add(NewRow.of(version));
    ClaimedJob first = worker.claimOne(version);
    worker.jobs().release(List.of(first));
    try (HandWorker other = new HandWorker(database)) {
      ClaimedJob second = other.claimOne(version);
      JobTable.JobRow before = jobs.job(id);
      assertThat(worker.record(new JobOutcome.Failed(first, FAILURE))).isEmpty();
      assertThat(jobs.job(id)).usingRecursiveComparison().isEqualTo(before);
      assertThat(jobs.live(id).orElseThrow().fence()).isEqualTo(3);
      assertThat(jobs.attempts(id)).isEmpty();
      assertThat(other.record(HandWorker.success(second))).containsExactly(id);
      assertThat(jobs.job(id).fence()).as("the last one, for a retry to go on from").isEqualTo(4);
      assertThat(jobs.job(id).worker()).isEqualTo(other.identity().name());
    }
  }

  @Test
  void aRecordOfAJobThatWasGivenBackIsRefused() {
    UUID id = jobs.add(NewRow.of(version));
    ClaimedJob job = worker.claimOne(version);
    worker.jobs().release(List.of(job));
    assertThat(worker.record(HandWorker.success(job))).isEmpty();
    assertThat(jobs.job(id).status()).isEqualTo("queued");
    assertThat(jobs.live(id)).isPresent();
  }

  @Test
  void aLateRecordHarmsNoneOfItsBatch() {
    List<UUID> ids = jobs.add(NewRow.of(version), 5);
    List<ClaimedJob> claimed = worker.claim(version, 5);
    UUID late = ids.get(2);
    jobs.update(late, "fence = fence + 1");
    JobOutcome[] outcomes = claimed.stream().map(HandWorker::success).toArray(JobOutcome[]::new);
    assertThat(worker.record(outcomes))
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(ids.subList(0, 2).stream(), ids.subList(3, 5).stream()).toList());
    assertThat(jobs.job(late).status()).isEqualTo("queued");
    assertThat(jobs.live(late)).isPresent();
  }

  @Test
  void theSecondRecordOfAJobIsRefused_andTheFirstStands() {
    UUID id = jobs.add(NewRow.of(version));
    ClaimedJob job = worker.claimOne(version);
    assertThat(worker.record(HandWorker.success(job))).containsExactly(id);
    JobTable.JobRow first = jobs.job(id);
    assertThat(worker.record(new JobOutcome.Failed(job, FAILURE))).isEmpty();
    assertThat(jobs.job(id)).usingRecursiveComparison().isEqualTo(first);
    assertThat(jobs.attempts(id)).isEmpty();
  }

  @Test
  void ofTwoRecordsAtTheSameMomentOneIsTaken() throws Exception {
    CyclicBarrier start = new CyclicBarrier(2);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < 20; round++) {
        UUID id = jobs.add(NewRow.of(version));
        ClaimedJob job = worker.claimOne(version);
        Future<List<UUID>> success =
            threads.submit(() -> {
              start.await();
              return worker.record(HandWorker.success(job));
            });
        Future<List<UUID>> failure =
            threads.submit(() -> {
              start.await();
              return worker.record(new JobOutcome.Failed(job, FAILURE));
            });
        assertThat(success.get().size() + failure.get().size()).isEqualTo(1);
        assertThat(jobs.job(id).status())
            .isEqualTo(success.get().isEmpty() ? "failed" : "succeeded");
        assertThat(jobs.attempts(id)).hasSize(failure.get().size());
      }
    }
  }
}
