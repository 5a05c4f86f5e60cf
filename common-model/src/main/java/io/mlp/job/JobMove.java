package io.mlp.job;

import static io.mlp.job.JobStatus.CANCELED;
import static io.mlp.job.JobStatus.EXPIRED;
import static io.mlp.job.JobStatus.FAILED;
import static io.mlp.job.JobStatus.QUEUED;
import static io.mlp.job.JobStatus.RUNNING;
import static io.mlp.job.JobStatus.SUCCEEDED;

/** Every legal move of a job's state, and who makes it. */
public enum JobMove {
  /** A worker takes the job under a lease. */
  CLAIM(QUEUED, RUNNING, Mover.WORKER),
  /** A worker records the outputs. */
  SUCCEED(RUNNING, SUCCEEDED, Mover.WORKER),
  /** A worker records a failure that no further attempt can mend, or the last one allowed. */
  FAIL(RUNNING, FAILED, Mover.WORKER),
  /** A worker gives the job back, or the api finds its lease expired. */
  REQUEUE(RUNNING, QUEUED, Mover.WORKER_OR_API),
  /** A client cancels a running job. */
  CANCEL_RUNNING(RUNNING, CANCELED, Mover.CLIENT),
  /** The deadline passes during an attempt. */
  EXPIRE_RUNNING(RUNNING, EXPIRED, Mover.WORKER_OR_API),
  /** A client cancels a waiting job. */
  CANCEL_QUEUED(QUEUED, CANCELED, Mover.CLIENT),
  /** The deadline passes before a worker comes. */
  EXPIRE_QUEUED(QUEUED, EXPIRED, Mover.API),
  /** The job's model version is gone. */
  ABANDON(QUEUED, FAILED, Mover.API),
  /** A client asks for another try; the history stays. */
  RETRY_FAILED(FAILED, QUEUED, Mover.CLIENT),
  /** A client takes back a cancel. */
  RETRY_CANCELED(CANCELED, QUEUED, Mover.CLIENT),
  /** A client asks again after a deadline. */
  RETRY_EXPIRED(EXPIRED, QUEUED, Mover.CLIENT);

  /** Who makes a move. */
  public enum Mover {
    CLIENT,
    API,
    WORKER,
    WORKER_OR_API
  }

  private final JobStatus from;
  private final JobStatus to;
  private final Mover mover;

  JobMove(JobStatus from, JobStatus to, Mover mover) {
    this.from = from;
    this.to = to;
    this.mover = mover;
  }

  public JobStatus from() {
    return from;
  }

  public JobStatus to() {
    return to;
  }

  public Mover mover() {
    return mover;
  }
}
