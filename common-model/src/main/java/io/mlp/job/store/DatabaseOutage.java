package io.mlp.job.store;

import static org.springframework.core.NestedExceptionUtils.getMostSpecificCause;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Tells in the log where an outage of the database begins and where it ends, whoever meets it, and
 * not what each of them cannot do meanwhile.
 */
public final class DatabaseOutage {
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseOutage.class);

  /** It is over when nothing has failed for so long: beside a lock that is held, much succeeds. */
  private static final Duration QUIET = Duration.ofSeconds(5);

  private static final DatabaseOutage OF_THIS_PROCESS = new DatabaseOutage(System::nanoTime);

  private final LongSupplier nanoTime;
  private volatile boolean away;
  private long began;
  private long failed;

  DatabaseOutage(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** What all statements of a process meet together, as they share its log. */
  public static DatabaseOutage ofThisProcess() {
    return OF_THIS_PROCESS;
  }

  /**
   * Does what is done again soon.
   *
   * @return false if the database kept it from being done
   */
  public boolean unlessAway(Runnable work) {
    try {
      work.run();
    } catch (DataAccessException | TransactionException e) {
      failed(e);
      return false;
    }
    answered();
    return true;
  }

  /** A statement has failed. */
  public void failed(RuntimeException e) {
    if (!(e instanceof TransactionException) && !DatabaseFailures.isTransient(e)) {
      LOG.error("The database refuses a statement", e);
    } else if (fails()) {
      LOG.warn(
          "The database does not answer, requests get 503 and outcomes wait until it does: {}",
          getMostSpecificCause(e).toString());
    }
  }

  private synchronized boolean fails() {
    failed = nanoTime.getAsLong();
    if (away) {
      return false;
    }
    began = failed;
    away = true;
    return true;
  }

  private void answered() {
    if (away) {
      over();
    }
  }

  private synchronized void over() {
    if (away && nanoTime.getAsLong() - failed > QUIET.toNanos()) {
      away = false;
      LOG.info(
          "The database answers again; the outage took {} s",
          Duration.ofNanos(failed - began).toSeconds());
    }
  }

  /** Whether an outage has begun and not ended. */
  boolean away() {
    return away;
  }
}
