package io.mlp.worker.intake;

import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A channel that writes down what is settled on it, and can do nothing else. */
final class RecordingChannel {
  private final List<String> settled = Collections.synchronizedList(new ArrayList<>());
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
                    default -> throw new UnsupportedOperationException(method.getName());
                  });

  private Object settle(String what) throws IOException {
    settled.add(what);
    if (closed) {
      throw new IOException("channel closed");
    }
    return "";
  }

  Channel channel() {
    return channel;
  }

  /** From now on the connection is lost. */
  void close() {
    closed = true;
  }

  List<String> settled() {
    return List.copyOf(settled);
  }
}
