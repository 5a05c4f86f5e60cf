package io.mlp.worker.intake;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.ShutdownSignalException;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.amqp.AmqpException;

/**
 * What the broker says of a queue that it does not let this worker have, though it is there: it
 * closes the channel, and not the connection.
 *
 * @param code of AMQP 0-9-1
 * @param text the broker's, with the queue's name in it
 */
record QueueRefusal(String queue, int code, String text) {
  /** Of a failure to declare the queue; empty if the broker is away, or said nothing of it. */
  static Optional<QueueRefusal> of(String queue, AmqpException failure) {
    return Stream.iterate((Throwable) failure, cause -> cause != null, Throwable::getCause)
        .filter(ShutdownSignalException.class::isInstance)
        .map(ShutdownSignalException.class::cast)
        .filter(signal -> !signal.isHardError())
        .map(ShutdownSignalException::getReason)
        .filter(AMQP.Channel.Close.class::isInstance)
        .map(AMQP.Channel.Close.class::cast)
        .map(close -> new QueueRefusal(queue, close.getReplyCode(), close.getReplyText()))
        .findFirst();
  }

  /** For people: the queue, what the broker says, and what to do. */
  String reason() {
    return "The broker refuses the queue %s: %s. %s".formatted(queue, text, remedy());
  }

  private String remedy() {
    return switch (code) {
      case AMQP.ACCESS_REFUSED ->
          "Let the worker's user configure, write and read queues whose names begin with mlp.";
      case AMQP.NOT_FOUND -> "It is asked for again every few seconds.";
      default ->
          "Somebody has declared it otherwise: delete it, and it is declared anew within seconds, and its tickets are sent again.";
    };
  }
}
