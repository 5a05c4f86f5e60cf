package io.mlp.worker.schedule;

import io.mlp.dispatch.Ticket;
import io.mlp.job.WaitingJob;

/** A ticket in this worker's hand: the broker keeps it until it is done with or given back. */
public interface HeldTicket {
  /** What it says. */
  Ticket ticket();

  /** Bytes of its jobs' inputs, as far as they are known. */
  default long inputBytes() {
    return ticket().jobs().stream().mapToLong(WaitingJob::inputBytes).sum();
  }

  /** The jobs that it names are recorded, or had moved on before. */
  void done();

  /** Another worker may have it. */
  void giveBack();
}
