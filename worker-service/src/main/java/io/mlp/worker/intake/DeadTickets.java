package io.mlp.worker.intake;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import io.mlp.dispatch.DeadQueue;
import io.mlp.dispatch.TicketQueue;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;

/** Parks what is no ticket, so that it keeps nobody busy and is not lost. */
final class DeadTickets {
  private static final Logger LOG = LoggerFactory.getLogger(DeadTickets.class);
  private static final int LONGEST_REASON = 300;

  /** Declaring takes longer than publishing, and somebody's mistake may be made many times. */
  private static final Duration DECLARED_FOR = Duration.ofSeconds(1);

  private static final Duration TOLD_FOR = Duration.ofMinutes(1);

  private final DeadQueue queue;
  private final Clock clock;
  private Instant declared = Instant.EPOCH;
  private Instant told = Instant.EPOCH;

  DeadTickets(TicketQueue.Type type, Clock clock) {
    this.queue = new DeadQueue(type);
    this.clock = clock;
  }

  /**
   * Sends a copy to the dead queue. On the channel that the message came on: the broker takes what
   * comes on one channel in its order, so it has the copy before the acknowledgement that follows.
   *
   * @throws IOException or {@link ShutdownSignalException} if the channel is closed; the broker has
   *     the message back then, and delivers it once more
   */
  synchronized void park(Message message, String reason, Channel channel) throws IOException {
    Instant now = clock.instant();
    if (told.plus(TOLD_FOR).isBefore(now)) {
      told = now;
      LOG.warn(
          "Messages that are no tickets are parked in {}, this one of {}: {}",
          queue.name(),
          message.getMessageProperties().getConsumerQueue(),
          reason);
    }
    if (declared.plus(DECLARED_FOR).isBefore(now)) {
      declared = now;
      declare(channel);
    }
    channel.basicPublish("", queue.name(), properties(message, reason), message.getBody());
  }

  /**
   * On a channel of its own, for a refusal closes it: of a queue that is there, but of old bounds.
   */
  private void declare(Channel channel) {
    try (Channel own = channel.getConnection().createChannel()) {
      own.queueDeclare(queue.name(), true, false, false, new HashMap<>(queue.arguments()));
    } catch (IOException | TimeoutException | ShutdownSignalException e) {
      LOG.warn("The queue {} cannot be declared: {}", queue.name(), e.toString());
    }
  }

  private BasicProperties properties(Message message, String reason) {
    Map<String, Object> headers = new HashMap<>();
    headers.put(DeadQueue.REASON, reason.substring(0, Math.min(reason.length(), LONGEST_REASON)));
    headers.put(DeadQueue.QUEUE, message.getMessageProperties().getConsumerQueue());
    headers.put(DeadQueue.PARKED_AT, Date.from(clock.instant()));
    return new BasicProperties.Builder()
        .contentType(message.getMessageProperties().getContentType())
        .deliveryMode(2)
        .headers(headers)
        .build();
  }
}
