package io.mlp.worker.intake;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.mlp.dispatch.Ticket;
import io.mlp.dispatch.TicketCodec;
import io.mlp.worker.execution.Execution;
import io.mlp.worker.execution.HeldTicket;
import io.mlp.worker.execution.ModelQueue;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.connection.ChannelProxy;
import org.springframework.amqp.rabbit.listener.api.ChannelAwareMessageListener;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** Hands each ticket to its model queue; it is acknowledged when its job is recorded. */
@Component
class TicketListener implements ChannelAwareMessageListener {
  private static final Logger LOG = LoggerFactory.getLogger(TicketListener.class);

  private final Execution execution;
  private final Counter redeliveries;
  private final Counter unreadable;
  private final DeadTickets dead;
  private final Map<String, AtomicInteger> inHand = new ConcurrentHashMap<>();
  private volatile Map<String, ModelQueue> modelQueues = Map.of();

  @Autowired
  TicketListener(Execution execution, IntakeSettings settings, MeterRegistry meters) {
    this(execution, new DeadTickets(settings.queueType(), Clock.systemUTC()), meters);
  }

  TicketListener(Execution execution, DeadTickets dead, MeterRegistry meters) {
    this.execution = execution;
    this.dead = dead;
    this.redeliveries =
        Counter.builder("mlp.redeliveries")
            .description("Tickets that came a second time: a worker or connection was lost")
            .register(meters);
    this.unreadable =
        Counter.builder("mlp.tickets.unreadable")
            .description("Messages in a ticket queue that are no tickets")
            .register(meters);
  }

  /** Serves these queues from now on. */
  void serve(Map<String, ModelQueue> modelQueues) {
    this.modelQueues = Map.copyOf(modelQueues);
  }

  /** Messages of that queue which have come and are not settled yet. */
  int inHand(String queue) {
    AtomicInteger count = inHand.get(queue);
    return count == null ? 0 : count.get();
  }

  @Override
  public void onMessage(Message message, @Nullable Channel channel) {
    if (channel == null) {
      throw new IllegalStateException("a ticket without the channel to acknowledge it on");
    }
    Channel own = own(channel);
    long tag = message.getMessageProperties().getDeliveryTag();
    AtomicInteger held =
        inHand.computeIfAbsent(
            message.getMessageProperties().getConsumerQueue(), _ -> new AtomicInteger());
    held.incrementAndGet();
    Delivery delivery = new Delivery(own, tag, held);
    try {
      take(message, new Held(TicketCodec.decode(message.getBody()), delivery));
    } catch (IllegalArgumentException e) {
      park(message, String.valueOf(e.getMessage()), channel, delivery);
    }
  }

  /**
   * The channel that the message came on. Spring's stand-in for it opens another once it is closed,
   * on which the tag means nothing, and the broker closes that for the mistake.
   */
  private static Channel own(Channel channel) {
    return channel instanceof ChannelProxy proxy ? proxy.getTargetChannel() : channel;
  }

  private void take(Message message, HeldTicket ticket) {
    ModelQueue modelQueue = modelQueues.get(message.getMessageProperties().getConsumerQueue());
    if (modelQueue == null) {
      ticket.done();
      return;
    }
    if (Boolean.TRUE.equals(message.getMessageProperties().isRedelivered())) {
      redeliveries.increment();
    }
    execution.offer(modelQueue, ticket);
  }

  /** What is no ticket stands for no job, but it tells of somebody's mistake. */
  private void park(Message message, String reason, Channel channel, Delivery delivery) {
    try {
      dead.park(message, reason, channel);
      unreadable.increment();
      delivery.done();
    } catch (IOException | ShutdownSignalException e) {
      delivery.giveBack();
      LOG.debug("it comes once more", e);
    }
  }

  private record Held(Ticket ticket, Delivery delivery) implements HeldTicket {
    @Override
    public void done() {
      delivery.done();
    }

    @Override
    public void giveBack() {
      delivery.giveBack();
    }
  }

  /** A message that has come, to be settled on the channel that it came on. */
  private record Delivery(Channel channel, long tag, AtomicInteger held) {
    void done() {
      settle(() -> channel.basicAck(tag, false));
    }

    void giveBack() {
      settle(() -> channel.basicNack(tag, false, true));
    }

    private interface Settling {
      void run() throws IOException;
    }

    /** On a closed channel the broker has the ticket back already; another copy claims nothing. */
    private void settle(Settling settling) {
      held.decrementAndGet();
      try {
        settling.run();
      } catch (IOException | AlreadyClosedException | IllegalStateException e) {
        LOG.debug("a ticket went back by itself", e);
      }
    }
  }
}
