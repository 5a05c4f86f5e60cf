package io.mlp.api.dispatch;

import io.mlp.dispatch.TicketQueue;
import java.util.List;
import org.springframework.amqp.AmqpException;

/** What dispatching needs of a broker. */
interface TicketBroker {
  /** Whether the connection is new since the last call: all that was sent before may be lost. */
  boolean takeReconnected();

  /** Whether the broker reads nothing at the moment, so that nothing is to be sent to it. */
  boolean blocked();

  /**
   * Publishes the tickets and waits for the broker's confirms of all.
   *
   * @throws AmqpException if the broker is away, refused one, or did not answer in time; then none,
   *     some or all may have arrived
   */
  void publish(List<OutgoingTicket> tickets);

  /** How many tickets wait in the queue; those in workers' hands do not count. Declares it. */
  int ready(TicketQueue queue);
}
