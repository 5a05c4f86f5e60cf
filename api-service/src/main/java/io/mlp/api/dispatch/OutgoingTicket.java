package io.mlp.api.dispatch;

import io.mlp.api.model.CataloguedVersion;
import io.mlp.dispatch.Ticket;
import io.mlp.dispatch.TicketQueue;
import io.mlp.job.WaitingJob;
import java.util.ArrayList;
import java.util.List;

/** A ticket and the queue it goes to. */
record OutgoingTicket(TicketQueue queue, Ticket ticket) {

  /**
   * Tickets for these jobs, as few as may be: several jobs of a ticket cost the broker and both its
   * clients no more than one. A worker claims a ticket's jobs together, so it is for no more than
   * fit a run.
   *
   * @param most the most jobs of one ticket
   */
  static List<OutgoingTicket> of(
      CataloguedVersion version, TicketQueue.Type type, List<WaitingJob> jobs, int most) {
    int size = Math.min(most, version.batching().maxRows());
    TicketQueue queue = queue(version, type);
    List<OutgoingTicket> tickets = new ArrayList<>(jobs.size() / size + 1);
    for (int from = 0; from < jobs.size(); from += size) {
      List<WaitingJob> some = jobs.subList(from, Math.min(from + size, jobs.size()));
      tickets.add(new OutgoingTicket(queue, new Ticket(version.id(), false, some)));
    }
    return tickets;
  }

  /** The ticket of a poison candidate. */
  static OutgoingTicket isolated(CataloguedVersion version, TicketQueue.Type type, WaitingJob job) {
    return new OutgoingTicket(queue(version, type), new Ticket(version.id(), true, List.of(job)));
  }

  static TicketQueue queue(CataloguedVersion version, TicketQueue.Type type) {
    return new TicketQueue(version.model(), version.version(), type);
  }
}
