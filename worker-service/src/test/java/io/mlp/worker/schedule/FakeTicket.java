package io.mlp.worker.schedule;

import io.mlp.dispatch.Ticket;
import io.mlp.job.WaitingJob;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A ticket that remembers what became of it. */
public final class FakeTicket implements HeldTicket {
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicInteger givenBack = new AtomicInteger();
  private final Ticket ticket;

  public FakeTicket() {
    this(1);
  }

  public FakeTicket(int jobs) {
    this(false, jobs, 0);
  }

  private FakeTicket(boolean isolated, int jobs, int inputBytes) {
    this.ticket =
        new Ticket(
            7,
            isolated,
            Stream.generate(() -> new WaitingJob(UUID.randomUUID(), 0, inputBytes, null))
                .limit(jobs)
                .toList());
  }

  /** Of a job with so many bytes of inputs. */
  static FakeTicket ofBytes(int inputBytes) {
    return new FakeTicket(false, 1, inputBytes);
  }

  /** Of a poison candidate. */
  public static FakeTicket isolated() {
    return new FakeTicket(true, 1, 0);
  }

  public static List<HeldTicket> some(int count) {
    List<HeldTicket> tickets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tickets.add(new FakeTicket());
    }
    return tickets;
  }

  @Override
  public Ticket ticket() {
    return ticket;
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
  public static boolean isDone(HeldTicket ticket) {
    return ticket instanceof FakeTicket it && it.done.get() == 1 && it.givenBack.get() == 0;
  }

  public static boolean isGivenBack(HeldTicket ticket) {
    return ticket instanceof FakeTicket it && it.done.get() == 0 && it.givenBack.get() == 1;
  }

  public static boolean isInHand(HeldTicket ticket) {
    return ticket instanceof FakeTicket it && it.done.get() == 0 && it.givenBack.get() == 0;
  }
}
