package io.mlp.api.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A channel that is heard on a connection of its own. It knows when it last heard anything, for a
 * subscription may never be confirmed, be lost by the server, or die with a connection of which
 * nobody says that it is broken.
 */
final class Subscription implements AutoCloseable {
  /** What is heard; called on the connection's thread, which must not wait. */
  interface Listener {
    /** From now on nothing is missed. */
    void subscribed();

    void message(byte[] message);
  }

  private final StatefulRedisPubSubConnection<String, byte[]> connection;
  private final String channel;
  private final Listener listener;
  private volatile long heard = System.nanoTime();
  private volatile @Nullable Throwable refusal;

  private Subscription(
      StatefulRedisPubSubConnection<String, byte[]> connection, String channel, Listener listener) {
    this.connection = connection;
    this.channel = channel;
    this.listener = listener;
  }

  /**
   * Subscribes, and does not wait until Redis has confirmed it.
   *
   * @param probes another channel, of this process alone
   * @throws RedisException if Redis is away
   */
  static Subscription open(RedisClient client, String channel, String probes, Listener listener) {
    StatefulRedisPubSubConnection<String, byte[]> connection =
        client.connectPubSub(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
    Subscription subscription = new Subscription(connection, channel, listener);
    connection.addListener(subscription.new Ear());
    subscription.subscribe(probes);
    return subscription;
  }

  private void subscribe(String probes) {
    connection.async().subscribe(channel, probes).whenComplete((_, failure) -> refusal = failure);
  }

  /** Whether anything was heard in that time, or it began within it. */
  boolean heardWithin(Duration time) {
    return System.nanoTime() - heard < time.toNanos();
  }

  /** What Redis said to the subscription, for people. */
  String refusal() {
    Throwable why = refusal;
    return why == null ? "nothing" : why.toString();
  }

  private final class Ear extends RedisPubSubAdapter<String, byte[]> {
    @Override
    public void subscribed(String name, long count) {
      heard = System.nanoTime();
      if (name.equals(channel)) {
        listener.subscribed();
      }
    }

    @Override
    public void message(String name, byte[] message) {
      heard = System.nanoTime();
      if (name.equals(channel)) {
        listener.message(message);
      }
    }
  }

  /** Does not wait for the connection, which may be broken. */
  @Override
  public void close() {
    var _ = connection.closeAsync();
  }
}
