package io.mlp.worker.execution;

/** A ticket in this worker's hand: the broker keeps it until it is done with or given back. */
public interface HeldTicket {
  /** How many jobs it is good for. */
  int jobs();

  /** The jobs it stood for are recorded, or there were none. */
  void done();

  /** Another worker may have it. */
  void giveBack();
}
