package io.mlp.worker.inference;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a model, which any thread may end before its time. ONNX Runtime looks between two
 * nodes of the model whether it is to stop, so a run ends soon after it is told to, unless one node
 * takes for ever.
 */
public final class InferenceRun implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(InferenceRun.class);

  private final List<Integer> requests;
  private final RunOptions options;
  private boolean closed;
  private volatile boolean abandoned;
  private volatile @Nullable Failure failure;

  private InferenceRun(List<Integer> requests, RunOptions options) {
    this.requests = requests;
    this.options = options;
  }

  static InferenceRun of(List<Integer> requests) throws InferenceFailed {
    try {
      return new InferenceRun(requests, new RunOptions());
    } catch (OrtException e) {
      throw new InferenceFailed(
          new Failure(FailureKind.MODEL_ERROR, "ONNX Runtime has no options for a run"), e);
    }
  }

  /** The places of the requests that share the run, in the order of their micro-batch. */
  public List<Integer> requests() {
    return requests;
  }

  /** Ends the run with this failure, if it does not answer first. */
  public void fail(Failure reason) {
    failure = reason;
    terminate();
  }

  /** Ends the run, if it does not answer first: it took longer than it may. */
  public void exceeds(Duration limit) {
    String seconds = BigDecimal.valueOf(limit.toMillis(), 3).stripTrailingZeros().toPlainString();
    fail(
        new Failure(
            FailureKind.TIMEOUT, "The run took longer than its limit of %s s".formatted(seconds)));
  }

  /** Ends the run, if it does not answer first: nobody waits for its answer any more. */
  public void abandon() {
    abandoned = true;
    terminate();
  }

  /** The options live as long as the run, and another thread may just be ending it. */
  private synchronized void terminate() {
    if (closed) {
      return;
    }
    try {
      options.setTerminate(true);
    } catch (OrtException e) {
      log.error("ONNX Runtime cannot be told to end a run", e);
    }
  }

  Optional<Failure> failure() {
    return Optional.ofNullable(failure);
  }

  boolean abandoned() {
    return abandoned;
  }

  RunOptions options() {
    return options;
  }

  @Override
  public synchronized void close() {
    closed = true;
    options.close();
  }
}
