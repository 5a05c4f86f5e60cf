package io.mlp.api.redis;

import io.lettuce.core.RedisClient;
import io.mlp.cache.Announcement;
import io.mlp.outage.Outage;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Hears what workers announce. Once a second it sends itself a message by way of Redis; when none
 * comes any more it subscribes anew, whatever the reason.
 */
@Component
public class FinishedJobChannel implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(FinishedJobChannel.class);

  /** Some probes, for a busy machine may keep a process waiting longer than one takes. */
  private static final Duration DEAF_AFTER = Duration.ofSeconds(3);

  /** Who is told. Each call has a virtual thread of its own. */
  public interface Listener {
    /** From now on announcements come; those of before may have been missed. */
    void subscribed();

    void announced(byte[] announcement);
  }

  private final LettuceConnectionFactory connections;
  private final StringRedisTemplate redis;
  private final Listener listener;
  private final Executor threads = Thread::startVirtualThread;
  private final String probes = "mlp:probe:" + UUID.randomUUID();
  private @Nullable Subscription subscription;
  private volatile boolean running;

  FinishedJobChannel(
      LettuceConnectionFactory connections, StringRedisTemplate redis, Listener listener) {
    this.connections = connections;
    this.redis = redis;
    this.listener = listener;
  }

  /** Makes sure that it hears, or tries again for as long as Redis is away. */
  @Scheduled(fixedDelay = 1000)
  synchronized void check() {
    if (!running) {
      return;
    }
    Outage.OF_REDIS.probe(this::ping);
    Subscription open = subscription;
    if (open == null) {
      open();
    } else if (open.heardWithin(DEAF_AFTER)) {
      probe();
    } else {
      tellWhyDeaf(open);
      close();
      // What the probes went by may be what is broken.
      connections.resetConnection();
      open();
    }
  }

  private void open() {
    try {
      subscription =
          Subscription.open(client(), Announcement.CHANNEL, probes, new OnOtherThreads());
    } catch (RuntimeException e) {
      Outage.OF_REDIS.failed(e);
    }
  }

  private void tellWhyDeaf(Subscription deaf) {
    try {
      ping();
      if (!Outage.OF_REDIS.away()) {
        LOG.warn(
            "No announcements were heard for {} s; Redis said to the subscription: {}",
            DEAF_AFTER.toSeconds(),
            deaf.refusal());
      }
    } catch (DataAccessException e) {
      Outage.OF_REDIS.failed(e);
    }
  }

  private void ping() {
    redis.execute((RedisCallback<String>) RedisConnection::ping);
  }

  private RedisClient client() {
    if (connections.getRequiredNativeClient() instanceof RedisClient client) {
      return client;
    }
    throw new IllegalStateException("Redis Cluster (expected: one Redis, or Sentinel)");
  }

  private void probe() {
    try {
      redis.convertAndSend(probes, "");
    } catch (DataAccessException e) {
      LOG.debug("Redis did not answer", e);
    }
  }

  private final class OnOtherThreads implements Subscription.Listener {
    @Override
    public void subscribed() {
      threads.execute(listener::subscribed);
    }

    @Override
    public void message(byte[] message) {
      threads.execute(() -> listener.announced(message));
    }
  }

  private void close() {
    if (subscription != null) {
      subscription.close();
      subscription = null;
    }
  }

  @Override
  public void start() {
    running = true;
    check();
  }

  @Override
  public synchronized void stop() {
    running = false;
    close();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Stops after the web server, whose requests wait for announcements. */
  @Override
  public int getPhase() {
    return 0;
  }
}
