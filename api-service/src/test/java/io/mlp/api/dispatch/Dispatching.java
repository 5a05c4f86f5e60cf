package io.mlp.api.dispatch;

import io.mlp.api.Settings;
import io.mlp.api.model.CataloguedVersion;
import io.mlp.dispatch.Ticket;
import io.mlp.job.WaitingJob;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The real dispatching on a fake broker, for tests of other packages. */
public final class Dispatching implements AutoCloseable {
  private final FakeBroker broker = new FakeBroker();
  private final DispatchWindow window;
  private final TicketPublisher publisher;
  private final Tickets tickets;

  private Dispatching(Map<String, ?> settings) {
    DispatchSettings read = Settings.of(DispatchSettings.class, settings);
    window = new DispatchWindow(read);
    publisher = new TicketPublisher(broker, window, read);
    tickets = new Tickets(window, publisher, read);
    publisher.start();
  }

  /** With a ticket for each job. */
  public static Dispatching withWindow(int size) {
    return new Dispatching(Map.of("window", size, "jobs-per-ticket", 1));
  }

  static Dispatching withJobsPerTicket(int most) {
    return new Dispatching(Map.of("jobs-per-ticket", most));
  }

  /** Where nothing can be sent, whatever the reason. */
  public static Tickets failingTickets() {
    DispatchSettings settings = Settings.of(DispatchSettings.class);
    DispatchWindow window = new DispatchWindow(settings);
    return new Tickets(window, new TicketPublisher(new FakeBroker(), window, settings), settings) {
      @Override
      public void send(CataloguedVersion version, List<WaitingJob> jobs) {
        throw new IllegalStateException("no tickets today");
      }
    };
  }

  /** As after many jobs that took no time. */
  Dispatching quick(CataloguedVersion version) {
    window.sent(version.id(), 10_000);
    window.counted(version.id(), 0);
    return this;
  }

  public Tickets tickets() {
    return tickets;
  }

  List<Ticket> sent() {
    return broker.tickets();
  }

  /** The jobs whose tickets have reached the broker. */
  public List<UUID> ticketedJobs() {
    return broker.jobs();
  }

  @Override
  public void close() {
    publisher.stop();
  }
}
