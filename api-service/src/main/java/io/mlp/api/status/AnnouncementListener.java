package io.mlp.api.status;

import io.mlp.dispatch.FinishedJobs;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.data.redis.connection.Message;
import org.springframework.data.redis.connection.MessageListener;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.SubscriptionListener;
import org.springframework.data.redis.listener.ChannelTopic;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Listens to what workers announce and wakes the requests that wait. Without Redis there are no
 * announcements, and the jobs that are waited for are looked up in the database.
 */
@Component
class AnnouncementListener implements SmartLifecycle, MessageListener, SubscriptionListener {
  private static final Logger LOG = LoggerFactory.getLogger(AnnouncementListener.class);

  private final Waiters waiters;
  private final RedisMessageListenerContainer container = new RedisMessageListenerContainer();
  private volatile boolean running;

  AnnouncementListener(Waiters waiters, RedisConnectionFactory connections) {
    this.waiters = waiters;
    container.setConnectionFactory(connections);
    container.setRecoveryInterval(1000);
    container.setTaskExecutor(virtualThreads());
    container.afterPropertiesSet();
    container.addMessageListener(this, ChannelTopic.of(FinishedJobs.CHANNEL));
  }

  /** By default each message would start a thread of the system. */
  private static SimpleAsyncTaskExecutor virtualThreads() {
    SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("announcements-");
    executor.setVirtualThreads(true);
    return executor;
  }

  @Override
  public void onMessage(Message message, byte @Nullable [] pattern) {
    try {
      waiters.announced(FinishedJobs.announced(message.getBody()));
    } catch (RuntimeException e) {
      LOG.warn("An announcement was lost; the jobs are looked up within a second", e);
    }
  }

  /** After a reconnect: what was announced meanwhile was missed. */
  @Override
  public void onChannelSubscribed(byte[] channel, long count) {
    waiters.rereadAll();
  }

  /** Subscribes, and tries again for as long as Redis is away. */
  @Scheduled(fixedDelay = 1000)
  void subscribe() {
    if (!running || container.isListening()) {
      return;
    }
    try {
      container.start();
    } catch (RuntimeException e) {
      LOG.warn("No announcements while Redis is away: {}", e.toString());
      container.stop();
    }
  }

  @Override
  public void start() {
    running = true;
    subscribe();
  }

  @Override
  public void stop() {
    running = false;
    container.stop();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Stops after the web server, whose requests wait here. */
  @Override
  public int getPhase() {
    return 0;
  }
}
