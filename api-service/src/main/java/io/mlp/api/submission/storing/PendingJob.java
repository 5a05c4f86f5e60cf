package io.mlp.api.submission.storing;

import io.mlp.api.dispatch.Tickets;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.api.submission.validation.NewJob;
import io.mlp.job.store.DatabaseFailures;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A job between its request, which waits here, and the commit that it joins. */
final class PendingJob {
  private enum State {
    WAITING,
    /** A committer has it: the request must learn the outcome. */
    TAKEN,
    /** The request gave up before: it must not be stored. */
    ABANDONED
  }

  private final NewJob job;
  private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
  private final CompletableFuture<Instant> outcome = new CompletableFuture<>();
  private boolean reserved;
  private boolean ticketed;

  PendingJob(NewJob job) {
    this.job = job;
  }

  NewJob job() {
    return job;
  }

  /** For the committer: whether the request still wants the job stored. */
  boolean take() {
    return state.compareAndSet(State.WAITING, State.TAKEN);
  }

  /** Whether the request has given up before a committer had it. */
  boolean abandoned() {
    return state.get() == State.ABANDONED;
  }

  /**
   * Asks for a place in the queue's window, once, however often the commit is tried; not for a job
   * whose answer is known.
   */
  boolean reserve(Tickets tickets) {
    if (!reserved && !job.answered()) {
      reserved = true;
      ticketed = tickets.reserve(job.version());
    }
    return ticketed;
  }

  boolean ticketed() {
    return ticketed;
  }

  void stored(Instant createdAt) {
    outcome.complete(createdAt);
  }

  void failed(RuntimeException e) {
    outcome.completeExceptionally(e);
  }

  /**
   * Waits for the commit. A job that no committer took in time is withdrawn; one that was taken is
   * waited for, and the connection's own timeouts bound that.
   *
   * @throws KeyTakenException if another job has its key
   */
  Instant await(Duration timeout) {
    try {
      return outcome.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      if (state.compareAndSet(State.WAITING, State.ABANDONED)) {
        throw unavailable("The job was not stored: the database does not keep up", e);
      }
      return awaitTaken();
    } catch (ExecutionException e) {
      throw notStored(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable("The service stops", e);
    }
  }

  private Instant awaitTaken() {
    try {
      return outcome.get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw notStored(e);
    } catch (TimeoutException e) {
      throw unavailable("The database did not say whether it stored the job", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable("The service stops", e);
    }
  }

  private static RuntimeException notStored(ExecutionException e) {
    if (e.getCause() instanceof KeyTakenException taken) {
      return taken;
    }
    return DatabaseFailures.isTransient(e.getCause())
        ? unavailable("The database did not confirm the job", e.getCause())
        : ProblemException.of(ProblemType.INTERNAL_ERROR, "The job was not stored");
  }

  private static ProblemException unavailable(String detail, @Nullable Throwable cause) {
    return ProblemException.passing(
        ProblemType.STORE_UNAVAILABLE, detail, Duration.ofSeconds(2), cause);
  }
}
