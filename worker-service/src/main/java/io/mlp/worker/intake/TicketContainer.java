package io.mlp.worker.intake;

import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.listener.DirectMessageListenerContainer;

/** Spring's container, which also tells how many of its consumers live. */
final class TicketContainer extends DirectMessageListenerContainer {
  TicketContainer(ConnectionFactory connections) {
    super(connections);
  }

  int liveConsumers() {
    consumersLock.lock();
    try {
      return consumers.size();
    } finally {
      consumersLock.unlock();
    }
  }
}
