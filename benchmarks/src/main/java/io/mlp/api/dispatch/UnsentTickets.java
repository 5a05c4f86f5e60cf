package io.mlp.api.dispatch;

import io.mlp.dispatch.TicketQueue;
import java.time.Duration;
import java.util.List;

/** Tickets that reach no broker, for where jobs are only stored. */
public final class UnsentTickets implements TicketBroker {
  private static final DispatchSettings SETTINGS =
      new DispatchSettings(
          TicketQueue.Type.CLASSIC,
          2000,
          8,
          Duration.ofSeconds(30),
          Duration.ofMillis(250),
          Duration.ofSeconds(5),
          500);

  private UnsentTickets() {}

  /** With the settings that the api has unless it is told otherwise. */
  public static Tickets create() {
    DispatchWindow window = new DispatchWindow(SETTINGS);
    return new Tickets(
        window, new TicketPublisher(new UnsentTickets(), window, SETTINGS), SETTINGS);
  }

  @Override
  public boolean takeReconnected() {
    return false;
  }

  @Override
  public boolean blocked() {
    return true;
  }

  @Override
  public void publish(List<OutgoingTicket> tickets) {
    throw new UnsupportedOperationException("no broker");
  }

  @Override
  public int ready(TicketQueue queue) {
    return 0;
  }
}
