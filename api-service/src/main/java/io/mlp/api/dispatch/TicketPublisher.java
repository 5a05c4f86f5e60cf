package io.mlp.api.dispatch;

import io.mlp.outage.Outage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Sends tickets on a thread of its own: while a batch waits for its confirms, the next one gathers.
 * A ticket that cannot be sent is dropped and its queue marked dirty; the dispatcher sends others.
 */
@Component
class TicketPublisher implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(TicketPublisher.class);
  private static final int CAPACITY = 20_000;

  /** After a failure, so that a broken broker is not asked for every single batch. */
  private static final long PAUSE_NANOS = 1_000_000_000L;

  private final TicketBroker broker;
  private final DispatchWindow window;
  private final int maxBatch;
  private final BlockingQueue<OutgoingTicket> outgoing = new ArrayBlockingQueue<>(CAPACITY);
  private volatile Thread thread = new Thread();
  private volatile boolean running;
  private long pausedUntil = System.nanoTime();

  TicketPublisher(TicketBroker broker, DispatchWindow window, DispatchSettings settings) {
    this.broker = broker;
    this.window = window;
    this.maxBatch = settings.publishBatch();
  }

  void send(List<OutgoingTicket> tickets) {
    for (OutgoingTicket ticket : tickets) {
      if (!outgoing.offer(ticket)) {
        window.markDirty(ticket.ticket().modelVersionId());
      }
    }
  }

  private void run() {
    List<OutgoingTicket> batch = new ArrayList<>(maxBatch);
    while (running) {
      try {
        batch.add(outgoing.take());
        outgoing.drainTo(batch, maxBatch - 1);
        publish(batch);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      } finally {
        batch.clear();
      }
    }
  }

  private void publish(List<OutgoingTicket> batch) {
    if (broker.blocked() || System.nanoTime() - pausedUntil < 0) {
      markDirty(batch);
      return;
    }
    try {
      broker.publish(batch);
    } catch (AmqpException e) {
      Outage.OF_BROKER.failed(e);
      pausedUntil = System.nanoTime() + PAUSE_NANOS;
      markDirty(batch);
    } catch (RuntimeException e) {
      LOG.error("{} tickets not sent, their jobs wait and get others", batch.size(), e);
      pausedUntil = System.nanoTime() + PAUSE_NANOS;
      markDirty(batch);
    }
  }

  private void markDirty(List<OutgoingTicket> batch) {
    batch.forEach(ticket -> window.markDirty(ticket.ticket().modelVersionId()));
  }

  @Override
  public void start() {
    running = true;
    thread = Thread.ofPlatform().name("ticket-publisher").daemon().start(this::run);
  }

  /** Jobs whose tickets were not sent yet get others, from whichever replica looks first. */
  @Override
  public void stop() {
    running = false;
    thread.interrupt();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Starts before the shared commit and stops after it. */
  @Override
  public int getPhase() {
    return -100;
  }
}
