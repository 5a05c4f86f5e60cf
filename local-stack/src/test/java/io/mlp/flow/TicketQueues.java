package io.mlp.flow;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import io.mlp.dispatch.DeadQueue;
import io.mlp.dispatch.TicketQueue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeoutException;

/** The broker's queues, seen and touched from outside. */
public final class TicketQueues implements AutoCloseable {
  private static final List<String> SERVED = List.of("digits.1", "iris.1", "iris.2", "diabetes.1");

  private final Connection connection;
  private final TicketQueue.Type type;

  private TicketQueues(Connection connection, TicketQueue.Type type) {
    this.connection = connection;
    this.type = type;
  }

  static TicketQueues of(Backends.Broker broker) {
    return of(broker, TicketQueue.Type.CLASSIC);
  }

  static TicketQueues of(Backends.Broker broker, TicketQueue.Type type) {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost("127.0.0.1");
    factory.setPort(broker.port());
    factory.setUsername(broker.user());
    factory.setPassword(broker.password());
    factory.setVirtualHost(broker.virtualHost());
    try {
      return new TicketQueues(factory.newConnection("test"), type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  /** By the name of the type, as the services' settings have it. */
  public static TicketQueues of(Backends.Broker broker, String type) {
    return of(broker, TicketQueue.Type.valueOf(type.toUpperCase(Locale.ROOT)));
  }

  /** Tickets that wait in the queue; those in the worker's hand do not count. */
  int ready(String model, int version) {
    return on(channel -> channel.queueDeclarePassive(name(model, version)).getMessageCount());
  }

  int consumers(String model, int version) {
    return on(channel -> channel.queueDeclarePassive(name(model, version)).getConsumerCount());
  }

  /** Tickets that wait for any of the shipped models. */
  int ready() {
    return SERVED.stream()
        .map(served -> served.split("\\.", -1))
        .mapToInt(served -> ready(served[0], Integer.parseInt(served[1])))
        .sum();
  }

  /** Loses the tickets that wait, and tells how many. */
  int purge(String model, int version) {
    return on(channel -> channel.queuePurge(name(model, version)).getMessageCount());
  }

  /** Takes away the queues of all shipped models, with their tickets and consumers. */
  public void deleteAll() {
    for (String served : SERVED) {
      String[] parts = served.split("\\.", -1);
      on(channel -> channel.queueDelete(name(parts[0], Integer.parseInt(parts[1]))));
    }
  }

  void publish(String model, int version, byte[] message) {
    publish(model, version, List.of(message));
  }

  void publish(String model, int version, List<byte[]> messages) {
    on(channel -> {
      channel.confirmSelect();
      AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder().build();
      for (byte[] message : messages) {
        channel.basicPublish("", name(model, version), properties, message);
      }
      return channel.waitForConfirms();
    });
  }

  /** Messages that were no tickets. */
  int dead() {
    return on(channel -> channel.queueDeclarePassive(deadName()).getMessageCount());
  }

  /** Takes them from the oldest on, until one is of that text. */
  GetResponse takeDead(String text) {
    GetResponse taken = takeDead();
    while (!new String(taken.getBody(), UTF_8).equals(text)) {
      taken = takeDead();
    }
    return taken;
  }

  /** Takes the oldest of them. */
  GetResponse takeDead() {
    return Objects.requireNonNull(on(channel -> channel.basicGet(deadName(), true)));
  }

  void purgeDead() {
    on(channel -> channel.queuePurge(deadName()));
  }

  /** Deletes a queue with its tickets and consumers. */
  void delete(String model, int version) {
    on(channel -> channel.queueDelete(name(model, version)));
  }

  void declare(String model, int version) {
    TicketQueue queue = new TicketQueue(model, version, type);
    on(channel ->
        channel.queueDeclare(queue.name(), true, false, false, new HashMap<>(queue.arguments())));
  }

  /** Declares the one that processes of before consume. */
  void declareBefore(String model, int version) {
    TicketQueue queue = new TicketQueue(model, version, type);
    on(channel ->
        channel.queueDeclare(
            queue.nameBefore(), true, false, false, new HashMap<>(queue.arguments())));
  }

  /** Whether the one is there that processes of before consume. */
  boolean hasBefore(String model, int version) {
    try {
      on(channel ->
          channel.queueDeclarePassive(new TicketQueue(model, version, type).nameBefore()));
      return true;
    } catch (UncheckedIOException _) {
      return false;
    }
  }

  /** Declares it as no service does, so that brokers refuse to declare it as services do. */
  void declareOtherwise(String model, int version) {
    TicketQueue queue = new TicketQueue(model, version, type);
    on(channel ->
        channel.queueDeclare(queue.name(), true, false, true, new HashMap<>(queue.arguments())));
  }

  private String deadName() {
    return new DeadQueue(type).name();
  }

  private String name(String model, int version) {
    return new TicketQueue(model, version, type).name();
  }

  private interface Use<T> {
    T of(Channel channel) throws IOException, InterruptedException;
  }

  private <T> T on(Use<T> use) {
    try (Channel channel = connection.createChannel()) {
      return use.of(channel);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    connection.abort();
  }
}
