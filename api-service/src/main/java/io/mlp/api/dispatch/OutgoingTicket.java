package io.mlp.api.dispatch;

import io.mlp.api.model.CataloguedVersion;
import io.mlp.dispatch.Ticket;
import io.mlp.dispatch.TicketQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

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
      CataloguedVersion version, TicketQueue.Type type, List<UUID> jobIds, int most) {
    int jobs = jobsATicket(version, most);
    TicketQueue queue = queue(version, type);
    List<OutgoingTicket> tickets = new ArrayList<>(jobIds.size() / jobs + 1);
    for (int from = 0; from < jobIds.size(); from += jobs) {
      int count = Math.min(jobs, jobIds.size() - from);
      tickets.add(new OutgoingTicket(queue, new Ticket(jobIds.get(from), version.id(), count)));
    }
    return tickets;
  }

  static int jobsATicket(CataloguedVersion version, int most) {
    return Math.min(most, version.batching().maxRows());
  }

  static TicketQueue queue(CataloguedVersion version, TicketQueue.Type type) {
    return new TicketQueue(version.model(), version.version(), type);
  }
}
