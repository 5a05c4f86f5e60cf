package io.mlp.worker.schedule;

import io.mlp.worker.repository.LoadedModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A model version that this worker serves, and the tickets in hand for it. The broker's prefetch
 * bounds how many these can be. Other bytes get a model queue of their own; the one that is closed
 * frees its model after its last batch.
 */
public final class ModelQueue implements AutoCloseable {
  private final LoadedModel model;
  private final Queue<HeldTicket> tickets = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean lined = new AtomicBoolean();

  /** Batches in flight. */
  private int batches;

  /** So it is taken to be until a batch tells. */
  private volatile boolean mostlyComputes = true;

  /** Of the outputs of a job, as the last batch had them. */
  private volatile long outputBytes;

  private boolean closed;

  /** Done once, when the model has been freed. */
  private Runnable whenFreed = () -> {};

  public ModelQueue(LoadedModel model) {
    this.model = model;
  }

  public LoadedModel model() {
    return model;
  }

  void add(HeldTicket ticket) {
    tickets.add(ticket);
  }

  /**
   * Takes what there is, up to tickets for a batch, and nothing once it is closed. The model stays
   * until {@link #batchEnded()}, if there was any.
   *
   * @param mostBytes of inputs, or of outputs as the last batch had them, if it is more than one
   *     ticket
   */
  synchronized List<HeldTicket> takeBatch(long mostBytes) {
    if (closed) {
      takeTickets().forEach(HeldTicket::giveBack);
      return List.of();
    }
    List<HeldTicket> batch = new ArrayList<>();
    int jobs = 0;
    long bytes = 0;
    HeldTicket next = tickets.peek();
    while (next != null
        && (batch.isEmpty()
            || (joins(next, jobs, batch.getFirst()) && bytes + bytes(next) <= mostBytes))) {
      batch.add(tickets.remove());
      jobs += next.ticket().jobs().size();
      bytes += bytes(next);
      next = tickets.peek();
    }
    batches += batch.isEmpty() ? 0 : 1;
    return batch;
  }

  private long bytes(HeldTicket ticket) {
    return Math.max(ticket.inputBytes(), ticket.ticket().jobs().size() * outputBytes);
  }

  /** Whether a ticket fits a batch; a poison candidate shares none. */
  private boolean joins(HeldTicket next, int jobs, HeldTicket first) {
    return !first.ticket().isolated()
        && !next.ticket().isolated()
        && jobs + next.ticket().jobs().size() <= model.batching().maxRows();
  }

  synchronized void batchEnded() {
    batches--;
    closeUnused();
  }

  /** Takes no more batches: tickets go back to the broker, and the model goes when it is unused. */
  @Override
  public synchronized void close() {
    closed = true;
    takeTickets().forEach(HeldTicket::giveBack);
    closeUnused();
  }

  /** The same, and something is to be done after the last batch. */
  synchronized void close(Runnable whenFreed) {
    this.whenFreed = whenFreed;
    close();
  }

  private void closeUnused() {
    if (closed && batches == 0) {
      model.close();
      whenFreed.run();
      whenFreed = () -> {};
    }
  }

  /** Takes all there is. */
  synchronized List<HeldTicket> takeTickets() {
    List<HeldTicket> taken = new ArrayList<>();
    for (HeldTicket next = tickets.poll(); next != null; next = tickets.poll()) {
      taken.add(next);
    }
    return taken;
  }

  boolean hasTickets() {
    return !tickets.isEmpty();
  }

  /**
   * How long a batch computed, of all its time since it was claimed. A quarter is much, for it may
   * have waited for its run as long as it ran.
   */
  public void took(Duration computing, Duration whole) {
    mostlyComputes = computing.compareTo(whole.dividedBy(4)) > 0;
  }

  /** How many bytes of outputs a job of a batch had; none if its answers were known. */
  public void gave(long bytesOfJob) {
    outputBytes = bytesOfJob;
  }

  /** Whether a batch is worth the processor, and not its claim and record alone. */
  public boolean mostlyComputes() {
    return mostlyComputes;
  }

  /**
   * Whether it is worth a batch beside those in flight and does not stand in line yet; it does
   * then. Where computing is next to nothing, claiming and recording cost nearly as much for one
   * job as for many, so only a full batch is worth it: the others gather for the next one.
   */
  boolean joinsLine() {
    return (mostlyComputes ? hasTickets() : hasFullBatch()) && lined.compareAndSet(false, true);
  }

  private boolean hasFullBatch() {
    int jobs = 0;
    for (HeldTicket ticket : tickets) {
      jobs += ticket.ticket().jobs().size();
      if (jobs >= model.batching().maxRows()) {
        return true;
      }
    }
    return false;
  }

  void leavesLine() {
    lined.set(false);
  }
}
