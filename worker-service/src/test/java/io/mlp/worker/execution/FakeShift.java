package io.mlp.worker.execution;

import java.util.ArrayList;
import java.util.List;

/** A shift that ends at the test's word and remembers the tickets that came back. */
final class FakeShift implements Execution.Shift {
  private final List<HeldTicket> putBack = new ArrayList<>();
  private volatile boolean working = true;

  void end() {
    working = false;
  }

  List<HeldTicket> putBack() {
    return List.copyOf(putBack);
  }

  @Override
  public boolean working() {
    return working;
  }

  @Override
  public void putBack(ModelLane lane, List<HeldTicket> tickets) {
    putBack.addAll(tickets);
  }
}
