package io.mlp.api.dispatch;

import io.mlp.api.model.CataloguedVersion;
import io.mlp.job.WaitingJob;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * For how many jobs tickets wait in each queue, as far as this process knows, and how many it may
 * be: so many as workers have lately taken in half a second, so that a job which the dispatcher
 * puts first waits no longer than that. Jobs beyond it wait in PostgreSQL.
 */
@Component
class DispatchWindow {
  /** The work that waits in a queue. */
  static final Duration WORK = Duration.ofMillis(500);

  /**
   * The most work of one ticket. A worker holds so many tickets at most: with slow jobs that each
   * stand for several, no later job would get before what it holds.
   */
  private static final Duration WORK_OF_A_TICKET = Duration.ofMillis(4);

  /** Before anything is known of a queue: few, for its model may be slow. */
  static final int FIRST = 8;

  private static final int FEWEST = 2;

  /** How much the last ones count of an average. */
  private static final double NEW_SHARE = 0.25;

  /** How fast the pace of before is forgotten. */
  private static final Duration MEMORY = Duration.ofSeconds(1);

  private final DispatchSettings settings;
  private final LongSupplier nanoTime;
  private final Map<Integer, Queue> queues = new ConcurrentHashMap<>();
  private final Set<Integer> dirty = ConcurrentHashMap.newKeySet();
  private final Set<Integer> backlogged = ConcurrentHashMap.newKeySet();

  @Autowired
  DispatchWindow(DispatchSettings settings) {
    this(settings, System::nanoTime);
  }

  DispatchWindow(DispatchSettings settings, LongSupplier nanoTime) {
    this.settings = settings;
    this.nanoTime = nanoTime;
  }

  /** What is known of one queue. Of several jobs with one ticket each counts. */
  private final class Queue {
    private double counted;
    private int sentSince;
    private long countedAt = nanoTime.getAsLong();

    /** On average, of those sent of late. */
    private double jobsOfATicket = 1;

    /** Jobs that workers take a second: of late, the more the later. */
    private double pace = FIRST / seconds(WORK);

    synchronized boolean reserve() {
      if (counted + sentSince >= size()) {
        return false;
      }
      sentSince++;
      return true;
    }

    synchronized void sent(int jobs) {
      sentSince += jobs;
    }

    synchronized void shared(int jobs, int tickets) {
      jobsOfATicket += NEW_SHARE * ((double) jobs / tickets - jobsOfATicket);
    }

    synchronized boolean inUse() {
      return counted + sentSince > 0;
    }

    synchronized int count(int tickets) {
      long now = nanoTime.getAsLong();
      double waiting = tickets * jobsOfATicket;
      if (inUse()) {
        double taken = Math.max(0, counted + sentSince - waiting);
        learn(taken, tickets == 0, Math.max(1, now - countedAt) / 1e9);
      }
      counted = waiting;
      sentSince = 0;
      countedAt = now;
      return (int) Math.max(0, size() - waiting);
    }

    /** Where nothing is left, workers may take more than they did: twice as much is offered. */
    private void learn(double taken, boolean all, double seconds) {
      pace += (1 - Math.exp(-seconds / seconds(MEMORY))) * (taken / seconds - pace);
      if (all) {
        pace = Math.max(pace, 2 * taken / seconds(WORK));
      }
    }

    private int size() {
      return atPace(WORK, Math.min(FEWEST, settings.window()), settings.window());
    }

    synchronized int jobsPerTicket() {
      return atPace(WORK_OF_A_TICKET, 1, settings.jobsPerTicket());
    }

    private int atPace(Duration time, int least, int most) {
      return (int) Math.clamp(Math.ceil(pace * seconds(time)), least, most);
    }
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  /**
   * Takes a place in the queue's window for one job, if there is one and nobody stands in line for
   * it.
   */
  boolean reserve(int versionId) {
    return !backlogged.contains(versionId) && queue(versionId).reserve();
  }

  /** Jobs of that version are stored that wait for a place. */
  void backlogged(int versionId) {
    backlogged.add(versionId);
  }

  Set<Integer> backlogged() {
    return Set.copyOf(backlogged);
  }

  /** Somebody looks whether still jobs wait for a place, and says so if they do. */
  void lookAtBacklog(int versionId) {
    backlogged.remove(versionId);
  }

  /** The broker has counted the tickets that wait; the answer is how many more jobs have room. */
  int counted(int versionId, int tickets) {
    return queue(versionId).count(tickets);
  }

  /** Tickets were sent for jobs that had not reserved a place. */
  void sent(int versionId, int jobs) {
    queue(versionId).sent(jobs);
  }

  /** Tickets for these jobs, as few as keep no later job waiting for long. */
  List<OutgoingTicket> tickets(CataloguedVersion version, List<WaitingJob> jobs) {
    Queue queue = queue(version.id());
    List<OutgoingTicket> tickets =
        OutgoingTicket.of(version, settings.queueType(), jobs, queue.jobsPerTicket());
    if (!jobs.isEmpty()) {
      queue.shared(jobs.size(), tickets.size());
    }
    return tickets;
  }

  /** Whether tickets may wait there, whose count falls as workers take them. */
  boolean inUse(int versionId) {
    return queue(versionId).inUse();
  }

  /** Tickets of that queue may be lost: all that waits there gets new ones. */
  void markDirty(int versionId) {
    dirty.add(versionId);
  }

  /** The queues that are dirty; those that the caller mends are not any more. */
  Set<Integer> dirty() {
    return Set.copyOf(dirty);
  }

  void clean(Set<Integer> versionIds) {
    dirty.removeAll(versionIds);
  }

  private Queue queue(int versionId) {
    return queues.computeIfAbsent(versionId, _ -> new Queue());
  }
}
