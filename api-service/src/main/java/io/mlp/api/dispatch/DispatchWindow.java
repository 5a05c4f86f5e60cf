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
  /** The work that waits in a queue, besides what is done between two counts. */
  static final Duration WORK = Duration.ofMillis(500);

  /** Before anything is known of a queue. */
  static final int FIRST = 32;

  private static final int FEWEST = 2;

  private final int most;
  private final LongSupplier nanoTime;
  private final Map<Integer, Queue> queues = new ConcurrentHashMap<>();
  private final Set<Integer> dirty = ConcurrentHashMap.newKeySet();

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
    private int size = Math.min(FIRST, most);

    synchronized boolean reserve() {
      if (counted + sentSince >= size) {
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
      double seconds = Math.max(1, now - countedAt) / 1e9;
      int taken = Math.max(0, counted + sentSince - ready);
      if (inUse()) {
        size = Math.clamp(fitting(ready, taken, seconds), Math.min(FEWEST, most), most);
      }
      counted = ready;
      sentSince = 0;
      countedAt = now;
      return Math.max(0, size - ready);
    }

    /** Where nothing is left, workers may take more than they did. */
    private int fitting(int ready, int taken, double seconds) {
      if (ready == 0) {
        return Math.max(size, 2 * taken);
      }
      return (int) Math.ceil(taken / seconds * (WORK.toMillis() / 1e3 + seconds));
    }
  }

  /**
   * Takes a place in the queue's window for one job, if there is one. If jobs share a ticket then,
   * the places are free again when the broker is asked.
   */
  boolean reserve(int versionId) {
    return queue(versionId).reserve();
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

  Set<Integer> dirty() {
    return Set.copyOf(dirty);
  }

  /** Whether the queue is dirty; it is not any more, for whoever asks first. */
  boolean takeDirty(int versionId) {
    return dirty.remove(versionId);
  }

  private Queue queue(int versionId) {
    return queues.computeIfAbsent(versionId, _ -> new Queue());
  }
}
