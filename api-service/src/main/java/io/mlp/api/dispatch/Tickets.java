package io.mlp.api.dispatch;

import io.mlp.api.model.CataloguedVersion;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Where the rest of the api gets tickets sent: reserve places in a queue's window before the jobs
 * are stored, send the tickets after.
 */
@Component
public class Tickets {
  private final DispatchWindow window;
  private final TicketPublisher publisher;
  private final DispatchSettings settings;

  Tickets(DispatchWindow window, TicketPublisher publisher, DispatchSettings settings) {
    this.window = window;
    this.publisher = publisher;
    this.settings = settings;
  }

  /**
   * Whether a new job of that version gets a ticket at once. If not, the queue is long enough: the
   * job is stored as due, told of by {@link #missing} then, and the dispatcher sends a ticket when
   * there is room.
   */
  public boolean reserve(CataloguedVersion version) {
    return window.reserve(version.id());
  }

  /** How long after its ticket was sent a job that still waits wants another. */
  public Duration healAfter() {
    return settings.healAfter();
  }

  /**
   * A job is stored that got no ticket. Told of before, the dispatcher might look too early; and
   * that the job is due it need not see either, for another's ticket may claim it first.
   */
  public void missing(CataloguedVersion version) {
    window.doubt(version.id());
  }

  /** Sends the jobs' tickets, soon and on another thread. Never fails: what is lost is healed. */
  public void send(CataloguedVersion version, List<UUID> jobIds) {
    publisher.send(
        OutgoingTicket.of(version, settings.queueType(), jobIds, settings.jobsPerTicket()));
  }
}
