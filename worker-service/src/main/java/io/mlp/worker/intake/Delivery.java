package io.mlp.worker.intake;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import io.mlp.dispatch.Ticket;
import io.mlp.worker.schedule.HeldTicket;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.connection.ChannelProxy;

/**
 * A message that has come, to be settled once, on the channel that it came on.
 *
 * @param unsettled counts those of its queue
 */
record Delivery(Channel channel, long tag, AtomicInteger unsettled) {
  private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

  private interface Settling {
    void run() throws IOException;
  }

  static Delivery of(Message message, Channel channel, AtomicInteger unsettled) {
    unsettled.incrementAndGet();
    return new Delivery(own(channel), message.getMessageProperties().getDeliveryTag(), unsettled);
  }

  /**
   * The channel that the message came on. Spring's stand-in for it opens another once it is closed,
   * on which the tag means nothing, and the broker closes that for the mistake.
   */
  private static Channel own(Channel channel) {
    return channel instanceof ChannelProxy proxy ? proxy.getTargetChannel() : channel;
  }

  HeldTicket holding(Ticket ticket) {
    return new Held(ticket, this);
  }

  private record Held(Ticket ticket, Delivery delivery) implements HeldTicket {
    @Override
    public void done() {
      delivery.acknowledge();
    }

    @Override
    public void giveBack() {
      delivery.giveBack();
    }
  }

  void acknowledge() {
    settle(() -> channel.basicAck(tag, false));
  }

  void giveBack() {
    settle(() -> channel.basicNack(tag, false, true));
  }

  /** On a closed channel the broker has the message back already; another copy claims nothing. */
  private void settle(Settling settling) {
    unsettled.decrementAndGet();
    try {
      settling.run();
    } catch (IOException | AlreadyClosedException | IllegalStateException e) {
      LOG.debug("a ticket went back by itself", e);
    }
  }
}
