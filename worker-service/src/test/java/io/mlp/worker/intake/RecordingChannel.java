package io.mlp.worker.intake;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.rabbit.connection.ChannelProxy;

/**
 * A channel that writes down what is settled and published on it, and which queues are declared
 * beside it, and can do nothing else.
 */
final class RecordingChannel {
  private final List<String> settled = Collections.synchronizedList(new ArrayList<>());
  private final List<BasicProperties> published = Collections.synchronizedList(new ArrayList<>());
  private volatile boolean closed;

  private final Channel channel =
      (Channel)
          Proxy.newProxyInstance(
              Channel.class.getClassLoader(),
              new Class<?>[] {Channel.class},
              (_, method, arguments) ->
                  switch (method.getName()) {
                    case "basicAck" -> settle("ack " + arguments[0]);
                    case "basicNack" ->
                        settle(
                            "nack " + arguments[0] + (arguments[2].equals(true) ? " requeue" : ""));
                    case "basicPublish" -> {
                      published.add((BasicProperties) arguments[2]);
                      yield settle("publish " + arguments[1] + " " + text(arguments[3]));
                    }
                    case "getConnection" -> connection();
                    default -> throw new UnsupportedOperationException(method.getName());
                  });

  /** A stand-in that knows the channel, and is none itself. */
  Channel standIn() {
    return (Channel)
        Proxy.newProxyInstance(
            Channel.class.getClassLoader(),
            new Class<?>[] {ChannelProxy.class},
            (_, method, _) -> {
              if (method.getName().equals("getTargetChannel")) {
                return channel;
              }
              throw new UnsupportedOperationException(method.getName());
            });
  }

  private static String text(Object body) {
    return new String((byte[]) body, UTF_8);
  }

  private Connection connection() {
    return (Connection)
        Proxy.newProxyInstance(
            Connection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (_, method, _) -> {
              if (method.getName().equals("createChannel")) {
                return declaring();
              }
              throw new UnsupportedOperationException(method.getName());
            });
  }

  private Channel declaring() {
    return (Channel)
        Proxy.newProxyInstance(
            Channel.class.getClassLoader(),
            new Class<?>[] {Channel.class},
            (_, method, arguments) ->
                switch (method.getName()) {
                  case "queueDeclare" -> settle("declare " + arguments[0]);
                  case "close" -> "";
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private @Nullable Object settle(String what) throws IOException {
    settled.add(what);
    if (closed) {
      throw new IOException("channel closed");
    }
    return null;
  }

  Channel channel() {
    return channel;
  }

  /** From now on the connection is lost. */
  void close() {
    closed = true;
  }

  /** The properties of what was published. */
  List<BasicProperties> published() {
    return List.copyOf(published);
  }

  List<String> settled() {
    return List.copyOf(settled);
  }
}
