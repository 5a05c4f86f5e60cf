package io.mlp.worker.execution;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A ticket that remembers what became of it. */
final class FakeTicket implements HeldTicket {
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicInteger givenBack = new AtomicInteger();
  private final int jobs;

  FakeTicket() {
    this(1);
  }

  FakeTicket(int jobs) {
    this.jobs = jobs;
  }

  static List<HeldTicket> some(int count) {
    List<HeldTicket> tickets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tickets.add(new FakeTicket());
    }
    return tickets;
  }

  @Override
  public int jobs() {
    return jobs;
  }

  @Override
  public void done() {
    done.incrementAndGet();
  }

  @Override
  public void giveBack() {
    givenBack.incrementAndGet();
  }

  /** Handed in exactly once. */
  static boolean isDone(HeldTicket ticket) {
    return ticket instanceof FakeTicket it && it.done.get() == 1 && it.givenBack.get() == 0;
  }

  static boolean isGivenBack(HeldTicket ticket) {
    return ticket instanceof FakeTicket it && it.done.get() == 0 && it.givenBack.get() == 1;
  }

  static boolean isInHand(HeldTicket ticket) {
    return ticket instanceof FakeTicket it && it.done.get() == 0 && it.givenBack.get() == 0;
  }
}
