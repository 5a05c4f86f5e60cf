package io.mlp.api.dispatch;

import io.mlp.api.model.CataloguedVersion;
import io.mlp.dispatch.Ticket;
import io.mlp.dispatch.TicketQueue;
import java.util.UUID;

/** A ticket and the queue it goes to. */
record OutgoingTicket(TicketQueue queue, Ticket ticket) {

  static OutgoingTicket of(CataloguedVersion version, TicketQueue.Type type, UUID jobId) {
    return new OutgoingTicket(queue(version, type), new Ticket(jobId, version.id()));
  }

  static TicketQueue queue(CataloguedVersion version, TicketQueue.Type type) {
    return new TicketQueue(version.model(), version.version(), type);
  }
}
