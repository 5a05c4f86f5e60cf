package io.mlp.worker.intake;

import io.mlp.dispatch.TicketQueue;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.listener.DirectMessageListenerContainer;

/**
 * Spring's container, which declares the queues it consumes, takes others up and lets them go while
 * it runs, and tells how many of its consumers live.
 */
final class TicketContainer extends DirectMessageListenerContainer {
  private static final Logger LOG = LoggerFactory.getLogger(TicketContainer.class);

  private final RabbitAdmin broker;
  private final Map<String, Queue> queues = new ConcurrentHashMap<>();

  TicketContainer(ConnectionFactory connections) {
    super(connections);
    this.broker = new RabbitAdmin(connections);
    setAmqpAdmin(broker);
  }

  /**
   * Consumes the queue from now on; nothing happens if it does already.
   *
   * @throws AmqpException if the broker is away: it does not consume the queue
   */
  void consume(TicketQueue wanted) {
    if (queues.containsKey(wanted.name())) {
      return;
    }
    Queue queue = new Queue(wanted.name(), true, false, false, new HashMap<>(wanted.arguments()));
    broker.declareQueue(queue);
    queues.put(wanted.name(), queue);
    try {
      addQueueNames(wanted.name());
    } catch (AmqpException e) {
      // Its consumer stands in line for a restart; only its name was not taken down.
      LOG.warn("{} is consumed when the broker is back: {}", wanted.name(), e.toString());
      setQueueNames(queues.keySet().toArray(String[]::new));
    }
  }

  /** Lets the queue go; tickets that were delivered go back to the broker with the channel. */
  void leave(String queue) {
    queues.remove(queue);
    removeQueueNames(queue);
  }

  /** Before consumers start again: a broker that was restarted or wiped may lack the queues. */
  @Override
  protected void doRedeclareElementsIfNecessary() {
    try {
      queues.values().forEach(broker::declareQueue);
    } catch (AmqpException e) {
      LOG.debug("The queues are declared when the broker is back", e);
    }
  }

  /** Whether every queue has its consumer, and there is one at least. */
  boolean consumesAll() {
    return !queues.isEmpty() && isRunning() && liveConsumers() >= queues.size();
  }

  private int liveConsumers() {
    consumersLock.lock();
    try {
      return consumers.size();
    } finally {
      consumersLock.unlock();
    }
  }
}
