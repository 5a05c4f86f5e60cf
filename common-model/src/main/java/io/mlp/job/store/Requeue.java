package io.mlp.job.store;

import io.mlp.job.Failure;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How a running job comes to wait again: {@link io.mlp.job.JobMove#REQUEUE}.
 *
 * @param fence under which it was claimed
 * @param attempts that count against its budget from now on
 * @param poisonCandidate whether it runs isolated from now on; one that is a poison candidate
 *     already stays so
 * @param delay until it may be claimed
 * @param failure what became of the attempt; null if it is as if there had been none
 */
public record Requeue(
    UUID id,
    int fence,
    int attempts,
    boolean poisonCandidate,
    Duration delay,
    @Nullable Failure failure) {

  /** After an attempt that failed. */
  public static Requeue failed(ClaimedJob job, Failure failure, Duration wait) {
    return new Requeue(job.id(), job.fence(), job.attempts(), false, wait, failure);
  }

  /** At once, as if it had never been claimed. */
  public static Requeue released(ClaimedJob job) {
    return new Requeue(job.id(), job.fence(), job.attempts() - 1, false, Duration.ZERO, null);
  }
}
