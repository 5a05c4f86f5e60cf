package io.mlp.worker.execution;

/** A ticket in this worker's hand: the broker keeps it until it is done with or given back. */
public interface HeldTicket {
  /** The job it stood for is recorded, or there was none. */
  void done();

  /** Another worker may have it. */
  void giveBack();
}
