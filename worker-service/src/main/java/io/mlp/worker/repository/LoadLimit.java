package io.mlp.worker.repository;

import io.mlp.worker.inference.InferenceRun;
import io.mlp.worker.inference.RunObserver;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long one load may take. Each run of the model has the limit of a job's run. All else has
 * {@link #PREPARATION}: reading the files and what ONNX Runtime does with them before the first
 * run, which is no matter of a run's limit, for a large model may be slow to prepare and fast to
 * run.
 *
 * <p>The thread that loads tells of its runs; another one looks at them.
 */
public final class LoadLimit implements RunObserver {
  static final Duration PREPARATION = Duration.ofMinutes(5);

  private final Duration preparation;
  private final long begun = System.nanoTime();
  private Duration ofRun;
  private @Nullable InferenceRun run;
  private long runBegun;
  private boolean unwanted;

  /**
   * @param ofRun how long a run may take if its model does not say
   */
  public LoadLimit(Duration ofRun) {
    this(ofRun, PREPARATION);
  }

  LoadLimit(Duration ofRun, Duration preparation) {
    this.ofRun = ofRun;
    this.preparation = preparation;
  }

  /** The model has a limit of its own. */
  synchronized void ofRun(Duration own) {
    ofRun = own;
  }

  @Override
  public synchronized void begins(InferenceRun next) {
    run = next;
    runBegun = System.nanoTime();
    if (unwanted) {
      next.abandon();
    }
  }

  @Override
  public void answered(long rows) {}

  @Override
  public synchronized void ended(InferenceRun ended) {
    run = null;
  }

  /** Ends the run under way, if it takes longer than it may. */
  public synchronized void endLateRun() {
    if (run != null && since(runBegun).compareTo(ofRun) > 0) {
      run.exceeds(ofRun);
    }
  }

  /** Nobody wants the model any more: ends the run under way, and those that begin from now on. */
  public synchronized void abandon() {
    unwanted = true;
    if (run != null) {
      run.abandon();
    }
  }

  /** How long the load has been under way. */
  public Duration elapsed() {
    return since(begun);
  }

  /** Whether it takes longer than it may, although its runs are ended in time. */
  public boolean exceeded() {
    return elapsed().compareTo(whole()) > 0;
  }

  /** How long it may take in all. */
  public synchronized Duration whole() {
    return preparation.plus(ofRun);
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
