package io.mlp.worker.execution;

import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import io.mlp.worker.inference.InferenceFailed;
import io.mlp.worker.schedule.ExecutionSettings;
import java.util.concurrent.Semaphore;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * How many bytes of outputs a worker holds between run and record. A job that has more than the
 * limit fails. Of several batches that hold more than a little, one goes on at a time, because
 * until it is recorded an answer stands in memory three times: as the run gave it, as it is stored,
 * and as the driver sends it.
 */
@Component
final class OutputBudget {
  /** What every batch in flight may hold beside the others, as a part of the heap. */
  private static final int PART_OF_HEAP = 64;

  private final long most;
  private final long little;
  private final Semaphore much = new Semaphore(1, true);

  @Autowired
  OutputBudget(ExecutionSettings settings) {
    this(
        settings.effectiveMaxOutput(Runtime.getRuntime().maxMemory()),
        Runtime.getRuntime().maxMemory() / PART_OF_HEAP);
  }

  /**
   * @param most bytes of a job's outputs
   * @param little bytes that any batch may hold
   */
  OutputBudget(long most, long little) {
    this.most = most;
    this.little = little;
  }

  /** The share of one batch, which holds nothing yet. */
  Share share() {
    return new Share();
  }

  /** What one batch holds. Of one thread. */
  final class Share implements AutoCloseable {
    private long held;
    private long mostOfJob;
    private boolean holdsMuch;

    private Share() {}

    /**
     * Takes the outputs of a run, once there is room for them.
     *
     * @param requests how many share the run; a run of several that gives more than one job may
     *     have is to be divided
     * @param before bytes that earlier runs gave for the same request
     * @throws InferenceFailed if the run gives more than a job may have
     */
    void take(long bytes, long before, int requests) throws InferenceFailed {
      mostOfJob = Math.max(mostOfJob, (before + bytes) / requests);
      if (before + bytes > most) {
        throw new InferenceFailed(
            new Failure(
                FailureKind.OUTPUT_TOO_LARGE,
                "The outputs have %d bytes or more (WORKER_MAX_OUTPUT: %d)"
                    .formatted(before + bytes, most)));
      }
      held += bytes;
      if (holdsMuch() && !holdsMuch) {
        much.acquireUninterruptibly();
        holdsMuch = true;
      }
    }

    /** Whether it is time to record what there is. */
    boolean holdsMuch() {
      return held > little;
    }

    /** What a job has had at most, if those of a run have equal shares. */
    long mostOfJob() {
      return mostOfJob;
    }

    /** All of it has been recorded. */
    void giveBack() {
      held = 0;
      if (holdsMuch) {
        holdsMuch = false;
        much.release();
      }
    }

    @Override
    public void close() {
      giveBack();
    }
  }
}
