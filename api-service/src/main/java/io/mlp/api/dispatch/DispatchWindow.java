package io.mlp.api.dispatch;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.stereotype.Component;

/**
 * How many tickets wait in each queue, as far as this process knows: what the broker last counted
 * and what was sent since. Keeps queues short, so that a backlog costs the broker nothing.
 */
@Component
class DispatchWindow {
  private final int size;
  private final Map<Integer, AtomicInteger> waiting = new ConcurrentHashMap<>();
  private final Set<Integer> doubtful = ConcurrentHashMap.newKeySet();

  DispatchWindow(DispatchSettings settings) {
    this.size = settings.window();
  }

  /**
   * Takes a place in the queue's window for one job, if there is one. If jobs share a ticket then,
   * the places are free again when the broker is asked.
   */
  boolean reserve(int versionId) {
    AtomicInteger count = count(versionId);
    if (count.get() >= size) {
      return false;
    }
    count.incrementAndGet();
    return true;
  }

  /** The broker has counted the tickets that wait; the answer is how many more have room. */
  int counted(int versionId, int ready) {
    count(versionId).set(ready);
    return Math.max(0, size - ready);
  }

  void sent(int versionId, int tickets) {
    count(versionId).addAndGet(tickets);
  }

  /** Whether tickets may wait there, whose count falls as workers take them. */
  boolean inUse(int versionId) {
    return count(versionId).get() > 0;
  }

  /** More jobs of that queue may wait than there are tickets: the dispatcher counts both. */
  void doubt(int versionId) {
    doubtful.add(versionId);
  }

  Set<Integer> inDoubt() {
    return Set.copyOf(doubtful);
  }

  /** Ends the doubt, for whoever asks first. */
  boolean takeDoubt(int versionId) {
    return doubtful.remove(versionId);
  }

  private AtomicInteger count(int versionId) {
    return waiting.computeIfAbsent(versionId, _ -> new AtomicInteger());
  }
}
