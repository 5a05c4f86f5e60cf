package io.mlp.api.dispatch;

import com.rabbitmq.client.AMQP;
import io.mlp.dispatch.TicketCodec;
import io.mlp.dispatch.TicketQueue;
import io.mlp.trace.JobSpans;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.core.QueueInformation;
import org.springframework.amqp.core.ReturnedMessage;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionBlockedEvent;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.connection.ConnectionListener;
import org.springframework.amqp.rabbit.connection.ConnectionUnblockedEvent;
import org.springframework.amqp.rabbit.connection.PublisherCallbackChannel;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** The api's side of RabbitMQ: declares queues, counts them, publishes tickets with confirms. */
@Component
class Broker implements TicketBroker, ConnectionListener {
  private static final Logger LOG = LoggerFactory.getLogger(Broker.class);

  private static final Executor WHEN_CONSUMERS_KNOW =
      CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);

  private final RabbitTemplate rabbit;
  private final RabbitAdmin queues;
  private final DispatchSettings settings;
  private final DispatchWindow window;
  private final TicketSpans spans;

  /** By it Spring finds whom a ticket comes back to; without, it closes the channel. */
  private final Map<String, Object> returnTo;

  private final Set<String> declared = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean reconnected = new AtomicBoolean(true);
  private volatile boolean blocked;

  Broker(
      RabbitTemplate rabbit,
      ConnectionFactory connections,
      DispatchSettings settings,
      DispatchWindow window,
      JobSpans spans) {
    this.rabbit = rabbit;
    this.queues = new RabbitAdmin(rabbit);
    this.settings = settings;
    this.window = window;
    this.spans = new TicketSpans(spans);
    this.returnTo =
        Map.of(PublisherCallbackChannel.RETURN_LISTENER_CORRELATION_KEY, rabbit.getUUID());
    rabbit.setMandatory(true);
    rabbit.setReturnsCallback(this::returned);
    connections.addConnectionListener(this);
  }

  @Override
  public void onCreate(@Nullable Connection connection) {
    blocked = false;
    declared.clear();
    reconnected.set(true);
  }

  @EventListener
  void onBlocked(ConnectionBlockedEvent event) {
    LOG.warn("RabbitMQ takes no messages: {}; jobs are accepted and wait", event.getReason());
    blocked = true;
  }

  @EventListener
  void onUnblocked(ConnectionUnblockedEvent event) {
    LOG.info("RabbitMQ takes messages again");
    blocked = false;
    reconnected.set(true);
  }

  @Override
  public boolean takeReconnected() {
    return reconnected.getAndSet(false);
  }

  /** Under a resource alarm RabbitMQ reads nothing. */
  @Override
  public boolean blocked() {
    return blocked;
  }

  @Override
  public void publish(List<OutgoingTicket> tickets) {
    JobSpans.during(spans.of(tickets), () -> publishAll(tickets));
  }

  private @Nullable Void publishAll(List<OutgoingTicket> tickets) {
    return rabbit.invoke(operations -> {
      for (OutgoingTicket outgoing : tickets) {
        operations.execute(channel -> {
          TicketQueue queue = outgoing.queue();
          if (declared.add(queue.name())) {
            channel.queueDeclare(queue.name(), true, false, false, queue.arguments());
          }
          channel.basicPublish(
              "", queue.name(), true, properties(queue), TicketCodec.encode(outgoing.ticket()));
          return null;
        });
      }
      operations.waitForConfirmsOrDie(settings.confirmTimeout().toMillis());
      return null;
    });
  }

  private AMQP.BasicProperties properties(TicketQueue queue) {
    int deliveryMode = queue.persistentTickets() ? 2 : 1;
    return new AMQP.BasicProperties.Builder()
        .contentType(MessageProperties.CONTENT_TYPE_BYTES)
        .deliveryMode(deliveryMode)
        .headers(returnTo)
        .build();
  }

  /** A queue that is gone has none; who publishes to it makes it anew. */
  @Override
  public int ready(TicketQueue queue) {
    QueueInformation known = queues.getQueueInfo(queue.name());
    return known == null ? 0 : Math.toIntExact(known.getMessageCount());
  }

  /**
   * The queue is gone: a ticket came back. Its job is in the database, so only count anew; but not
   * at once: a queue that is made anew before its consumers have heard of the end of the old one
   * keeps them, and sends them tickets that nobody hears (RabbitMQ 3.10, quorum queues).
   */
  private void returned(ReturnedMessage message) {
    WHEN_CONSUMERS_KNOW.execute(() -> {
      declared.remove(message.getRoutingKey());
      try {
        window.markDirty(TicketCodec.decode(message.getMessage().getBody()).modelVersionId());
      } catch (IllegalArgumentException e) {
        LOG.warn("RabbitMQ returned a message that is no ticket", e);
      }
    });
  }
}
