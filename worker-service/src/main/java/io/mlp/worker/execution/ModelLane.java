package io.mlp.worker.execution;

import io.mlp.worker.repository.LoadedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A model version that this worker serves, and the tickets in hand for it. The broker's prefetch
 * bounds how many these can be.
 */
public final class ModelLane {
  private final LoadedModel model;
  private final int modelVersionId;
  private final Queue<HeldTicket> tickets = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean lined = new AtomicBoolean();

  public ModelLane(LoadedModel model, int modelVersionId) {
    this.model = model;
    this.modelVersionId = modelVersionId;
  }

  public LoadedModel model() {
    return model;
  }

  int modelVersionId() {
    return modelVersionId;
  }

  void add(HeldTicket ticket) {
    tickets.add(ticket);
  }

  /** Takes what there is, up to tickets for a batch; one thread at a time does. */
  List<HeldTicket> takeBatch() {
    List<HeldTicket> batch = new ArrayList<>();
    int jobs = 0;
    HeldTicket next = tickets.peek();
    while (next != null && (batch.isEmpty() || jobs + next.jobs() <= model.maxBatchRows())) {
      batch.add(tickets.remove());
      jobs += next.jobs();
      next = tickets.peek();
    }
    return batch;
  }

  /** Whether the lane has tickets and does not stand in line yet; it does then. */
  boolean joinsLine() {
    return !tickets.isEmpty() && lined.compareAndSet(false, true);
  }

  void leavesLine() {
    lined.set(false);
  }
}
