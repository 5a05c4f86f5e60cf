package io.mlp.worker.intake;

import io.mlp.dispatch.TicketQueue;
import io.mlp.outage.Outage;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueInformation;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.listener.DirectMessageListenerContainer;

/**
 * Spring's container, which declares the queues it consumes, takes others up and lets them go while
 * it runs, and tells how many of its consumers live.
 */
final class TicketContainer extends DirectMessageListenerContainer {
  /** By the class's own name Spring tells of each consumer and each try of an outage. */
  private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

  private static final Duration CHECK = Duration.ofSeconds(3);

  private final RabbitAdmin broker;
  private final Map<String, Queue> queues = new ConcurrentHashMap<>();

  private final ToIntFunction<String> inHand;

  /** Queues whose consumer seemed to be deaf at the last check. */
  private Set<String> deafBefore = Set.of();

  private long checked = System.nanoTime();

  /**
   * A container without queues.
   *
   * @param inHand how many messages of a queue have come and are not settled
   */
  TicketContainer(ConnectionFactory connections, ToIntFunction<String> inHand) {
    super(connections);
    this.inHand = inHand;
    this.broker = new RabbitAdmin(connections);
    setAmqpAdmin(broker);
    // Each has a channel of its own, so the tag may tell which queue it is for.
    setConsumerTagStrategy(queue -> queue);
  }

  /**
   * Consumes the queue from now on; nothing happens if it does already.
   *
   * @throws AmqpException if the broker is away or refuses the queue: it does not consume it
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
    deleteBefore(wanted);
  }

  /**
   * Unless a process of before still consumes it: then whoever starts next does. Quorum queues do
   * not know the flag {@code if-unused}, and close the connection.
   */
  private void deleteBefore(TicketQueue queue) {
    try {
      QueueInformation before = broker.getQueueInfo(queue.nameBefore());
      if (before != null && before.getConsumerCount() == 0) {
        broker.deleteQueue(queue.nameBefore());
      }
    } catch (AmqpException e) {
      LOG.debug("{} stays for now: {}", queue.nameBefore(), e.toString());
    }
  }

  /** Lets the queue go; tickets that were delivered go back to the broker with the channel. */
  void leave(String queue) {
    if (queues.remove(queue) != null) {
      removeQueueNames(queue);
    }
  }

  /** Whether it has no queue. */
  boolean isUnused() {
    return queues.isEmpty();
  }

  /** Before consumers start again: a broker that was restarted or wiped may lack the queues. */
  @Override
  protected void doRedeclareElementsIfNecessary() {
    for (Queue queue : queues.values()) {
      try {
        broker.declareQueue(queue);
      } catch (AmqpException e) {
        LOG.debug("The queues are declared when the broker is back", e);
        if (QueueRefusal.of(queue.getName(), e).isEmpty()) {
          return;
        }
      }
    }
  }

  /**
   * Looks whether the consumers are known to the broker, too, and get what waits: not every broker
   * says that it has canceled one, because its queue was deleted, and RabbitMQ 3.10 keeps one of a
   * quorum queue that was deleted and declared anew without sending it anything. Such are started
   * again.
   */
  @Override
  protected void processMonitorTask() {
    if (System.nanoTime() - checked < CHECK.toNanos()) {
      return;
    }
    checked = System.nanoTime();
    try {
      Set<String> deaf = new HashSet<>();
      for (SimpleConsumer consumer : live()) {
        String queue = consumer.getConsumerTag();
        QueueInformation known = broker.getQueueInfo(queue);
        // A busy broker may be wrong about the consumers once, but not about the queue.
        if (known == null || (deaf(known) && deafBefore.contains(queue))) {
          restart(consumer);
        } else if (deaf(known)) {
          deaf.add(queue);
        }
      }
      deafBefore = deaf;
    } catch (AmqpException e) {
      LOG.debug("The broker is away, and consumers are started again when it is back", e);
    }
  }

  /** Without a consumer, or with messages that wait though none is in this worker's hand. */
  private boolean deaf(QueueInformation known) {
    return known.getConsumerCount() == 0
        || (known.getMessageCount() > 0 && inHand.applyAsInt(known.getName()) == 0);
  }

  private void restart(SimpleConsumer consumer) {
    if (!Outage.OF_BROKER.away()) {
      LOG.warn("{} has no consumer any more; it gets another", consumer.getConsumerTag());
    }
    consumer.handleCancel(consumer.getConsumerTag());
  }

  /** Whether every queue has its consumer. */
  boolean consumesAll() {
    return isRunning() && live().size() >= queues.size();
  }

  private List<SimpleConsumer> live() {
    consumersLock.lock();
    try {
      return List.copyOf(consumers);
    } finally {
      consumersLock.unlock();
    }
  }
}
