package io.mlp.job.store;

import io.mlp.outage.Outage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** Tells an outage of the database from statements that it would refuse again. */
public final class DatabaseOutage {
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseOutage.class);

  private static final DatabaseOutage OF_THIS_PROCESS = new DatabaseOutage(Outage.OF_DATABASE);

  private final Outage outage;

  DatabaseOutage(Outage outage) {
    this.outage = outage;
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
    outage.answered();
    return true;
  }

  /** A statement has failed. */
  public void failed(RuntimeException e) {
    if (!(e instanceof TransactionException) && !DatabaseFailures.isTransient(e)) {
      LOG.error("The database refuses a statement", e);
    } else {
      outage.failed(e);
    }
  }
}
