package io.mlp.worker.schedule;

import io.mlp.dispatch.Ticket;

/** A ticket in this worker's hand: the broker keeps it until it is done with or given back. */
public interface HeldTicket {
  /** What it says. */
  Ticket ticket();

  /** The jobs that it names are recorded, or had moved on before. */
  void done();

  /** Another worker may have it. */
  void giveBack();
}
