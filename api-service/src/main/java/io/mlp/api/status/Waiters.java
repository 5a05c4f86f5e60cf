package io.mlp.api.status;

import io.mlp.api.http.ClientConnection;
import io.mlp.api.http.ClientLimits;
import io.mlp.cache.Announcement;
import io.mlp.job.store.DatabaseOutage;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * The requests of this process that wait for jobs to end. An announcement wakes them; as one may be
 * lost, all that are waited for are also looked up every second, together. They use no more than a
 * quarter of the connections, so that the others are there for whoever does not wait.
 */
@Component
public class Waiters {
  private static final DatabaseOutage OUTAGE = DatabaseOutage.ofThisProcess();
  private static final int REREAD = 1000;

  private final FinishedJobSource finished;
  private final int most;
  private final Map<UUID, Set<Waiter>> waiting = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private volatile boolean stopping;

  Waiters(FinishedJobSource finished, ClientLimits limits) {
    this.finished = finished;
    this.most = limits.waiters();
  }

  /** Registers a request's interest in a job; to be closed when it no longer waits. */
  public Waiter register(UUID jobId) {
    if (count.incrementAndGet() > most || stopping) {
      count.decrementAndGet();
      return new Waiter(jobId, false);
    }
    Waiter waiter = new Waiter(jobId, true);
    waiting.compute(
        jobId,
        (_, others) -> {
          Set<Waiter> all = others == null ? ConcurrentHashMap.newKeySet() : others;
          all.add(waiter);
          return all;
        });
    return waiter;
  }

  /** Wakes those that wait for the jobs: with what it tells of them, or all with one look. */
  void announced(Announcement announcement) {
    announcement.jobs().forEach((id, json) -> ended(id, new JobEnd.Told(json)));
    lookFor(
        announcement.jobIds().stream().filter(id -> !announcement.jobs().containsKey(id)).toList());
  }

  /** Wakes those that wait for these jobs and find them ended, all with one look. */
  private void lookFor(Collection<UUID> jobIds) {
    List<UUID> awaited = jobIds.stream().filter(waiting::containsKey).toList();
    if (!awaited.isEmpty()) {
      finished.find(awaited).forEach(this::ended);
    }
  }

  /** Wakes those that wait for the job, which has ended. */
  public void ended(UUID jobId, JobEnd end) {
    Set<Waiter> waiters = waiting.get(jobId);
    if (waiters != null) {
      waiters.forEach(waiter -> waiter.job.complete(end));
    }
  }

  /** Looks for all jobs that are waited for, a thousand with one question. */
  @Scheduled(fixedDelayString = "${api.waiting.reread}")
  void rereadAll() {
    List<UUID> awaited = List.copyOf(waiting.keySet());
    if (awaited.isEmpty()) {
      return; // which tells nothing of the database
    }
    OUTAGE.unlessAway(() -> {
      for (int from = 0; from < awaited.size(); from += REREAD) {
        lookFor(awaited.subList(from, Math.min(awaited.size(), from + REREAD)));
      }
    });
  }

  /** Sends everyone away with the job as it is, before the web server waits for its requests. */
  @EventListener(ContextClosedEvent.class)
  void stop() {
    stopping = true;
    waiting.values().forEach(waiters -> waiters.forEach(waiter -> waiter.job.cancel(false)));
  }

  /** One request that waits for one job. */
  public final class Waiter implements AutoCloseable {
    private final UUID jobId;
    private final boolean admitted;
    private final CompletableFuture<JobEnd> job = new CompletableFuture<>();
    private volatile boolean abandoned;

    private Waiter(UUID jobId, boolean admitted) {
      this.jobId = jobId;
      this.admitted = admitted;
    }

    /**
     * How the job ended, or empty if the time passes or the client hangs up first, or too many wait
     * already.
     */
    public Optional<JobEnd> await(Duration most) {
      if (!admitted) {
        return Optional.empty();
      }
      try (var _ = ClientConnection.onHangUp(this::abandon)) {
        return Optional.of(job.get(most.toNanos(), TimeUnit.NANOSECONDS));
      } catch (TimeoutException | ExecutionException | CancellationException _) {
        return Optional.empty();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      }
    }

    private void abandon() {
      abandoned = true;
      job.cancel(false);
    }

    /** Whether the client has hung up, so that nobody reads the answer. */
    boolean abandoned() {
      return abandoned;
    }

    @Override
    public void close() {
      if (!admitted) {
        return;
      }
      count.decrementAndGet();
      waiting.computeIfPresent(
          jobId,
          (_, waiters) -> {
            waiters.remove(this);
            return waiters.isEmpty() ? null : waiters;
          });
    }
  }
}
