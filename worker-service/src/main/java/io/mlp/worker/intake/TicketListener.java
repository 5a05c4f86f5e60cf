package io.mlp.worker.intake;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.mlp.dispatch.TicketCodec;
import io.mlp.worker.schedule.BatchScheduler;
import io.mlp.worker.schedule.HeldTicket;
import io.mlp.worker.schedule.ModelQueue;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.listener.api.ChannelAwareMessageListener;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** Hands each ticket to its model queue; it is acknowledged when its job is recorded. */
@Component
class TicketListener implements ChannelAwareMessageListener {
  private static final Logger LOG = LoggerFactory.getLogger(TicketListener.class);

  private final BatchScheduler scheduler;
  private final Counter redeliveries;
  private final Counter unreadable;
  private final DeadTickets dead;
  private final Map<String, AtomicInteger> unsettled = new ConcurrentHashMap<>();
  private volatile Map<String, ModelQueue> modelQueues = Map.of();

  @Autowired
  TicketListener(BatchScheduler scheduler, IntakeSettings settings, MeterRegistry meters) {
    this(scheduler, new DeadTickets(settings.queueType(), Clock.systemUTC()), meters);
  }

  TicketListener(BatchScheduler scheduler, DeadTickets dead, MeterRegistry meters) {
    this.scheduler = scheduler;
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
    return unsettled(queue).get();
  }

  @Override
  public void onMessage(Message message, @Nullable Channel channel) {
    if (channel == null) {
      throw new IllegalStateException("a ticket without the channel to acknowledge it on");
    }
    Delivery delivery = Delivery.of(message, channel, unsettled(queue(message)));
    try {
      take(message, delivery.holding(TicketCodec.decode(message.getBody())));
    } catch (IllegalArgumentException e) {
      park(message, String.valueOf(e.getMessage()), channel, delivery);
    }
  }

  private AtomicInteger unsettled(String queue) {
    return unsettled.computeIfAbsent(queue, _ -> new AtomicInteger());
  }

  private static String queue(Message message) {
    return Objects.requireNonNull(message.getMessageProperties().getConsumerQueue());
  }

  private void take(Message message, HeldTicket ticket) {
    ModelQueue modelQueue = modelQueues.get(queue(message));
    if (modelQueue == null) {
      ticket.done();
      return;
    }
    if (Boolean.TRUE.equals(message.getMessageProperties().isRedelivered())) {
      redeliveries.increment();
    }
    scheduler.offer(modelQueue, ticket);
  }

  /** What is no ticket stands for no job, but it tells of somebody's mistake. */
  private void park(Message message, String reason, Channel channel, Delivery delivery) {
    try {
      dead.park(message, reason, channel);
      unreadable.increment();
      delivery.acknowledge();
    } catch (IOException | ShutdownSignalException e) {
      delivery.giveBack();
      LOG.debug("it comes once more", e);
    }
  }
}
