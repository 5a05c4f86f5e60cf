package io.mlp.api.dispatch;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * How many tickets wait in each queue, as far as this process knows, and how many may: for so much
 * work as workers have lately done in half a second, so that a job which the dispatcher puts first
 * waits no longer than that. Jobs beyond it wait in PostgreSQL.
 */
@Component
class DispatchWindow {
  /** The work that waits in a queue. */
  static final Duration WORK = Duration.ofMillis(500);

  /** Before anything is known of a queue: few, for its model may be slow. */
  static final int FIRST = 8;

  private static final int FEWEST = 2;

  /** How fast the pace of before is forgotten. */
  private static final Duration MEMORY = Duration.ofSeconds(1);

  private final int most;
  private final LongSupplier nanoTime;
  private final Map<Integer, Queue> queues = new ConcurrentHashMap<>();
  private final Set<Integer> dirty = ConcurrentHashMap.newKeySet();
  private final Set<Integer> backlogged = ConcurrentHashMap.newKeySet();

  @Autowired
  DispatchWindow(DispatchSettings settings) {
    this(settings, System::nanoTime);
  }

  DispatchWindow(DispatchSettings settings, LongSupplier nanoTime) {
    this.most = settings.window();
    this.nanoTime = nanoTime;
  }

  /** What is known of the tickets of one queue. */
  private final class Queue {
    private int counted;
    private int sentSince;
    private long countedAt = nanoTime.getAsLong();

    /** Tickets that workers take a second: of late, the more the later. */
    private double pace = FIRST / seconds(WORK);

    synchronized boolean reserve() {
      if (counted + sentSince >= size()) {
        return false;
      }
      sentSince++;
      return true;
    }

    synchronized void sent(int tickets) {
      sentSince += tickets;
    }

    synchronized boolean inUse() {
      return counted + sentSince > 0;
    }

    synchronized int count(int ready) {
      long now = nanoTime.getAsLong();
      if (inUse()) {
        int taken = Math.max(0, counted + sentSince - ready);
        learn(taken, ready == 0, Math.max(1, now - countedAt) / 1e9);
      }
      counted = ready;
      sentSince = 0;
      countedAt = now;
      return Math.max(0, size() - ready);
    }

    /** Where nothing is left, workers may take more than they did: twice as much is offered. */
    private void learn(int taken, boolean all, double seconds) {
      pace += (1 - Math.exp(-seconds / seconds(MEMORY))) * (taken / seconds - pace);
      if (all) {
        pace = Math.max(pace, 2 * taken / seconds(WORK));
      }
    }

    private int size() {
      double work = Math.ceil(pace * seconds(WORK));
      return (int) Math.clamp(work, Math.min(FEWEST, most), most);
    }
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  /**
   * Takes a place in the queue's window for one job, if there is one and nobody stands in line for
   * it. If jobs share a ticket then, the places are free again when the broker is asked.
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

  /** The broker has counted the tickets that wait; the answer is how many more have room. */
  int counted(int versionId, int ready) {
    return queue(versionId).count(ready);
  }

  void sent(int versionId, int tickets) {
    queue(versionId).sent(tickets);
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
