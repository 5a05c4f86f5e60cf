package io.mlp.worker.schedule;

import io.mlp.worker.repository.ModelVersion;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * The threads that run batches. A model with tickets has a thread for as long as they last, so it
 * waits for no other. Some more threads take further batches: models that are worth one stand in
 * line for them, and go to its end after each. A batch is what has gathered meanwhile: nothing
 * waits for more while none is in flight.
 */
@Component
public class BatchScheduler implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(BatchScheduler.class);

  /** For what was ended to be given back. */
  private static final Duration SETTLING = Duration.ofSeconds(3);

  /** What is done with a batch of tickets. */
  public interface Batches {
    /**
     * Runs one batch.
     *
     * @param working false once the worker stops: then nothing waits for a database that is away
     */
    void run(ModelQueue queue, List<HeldTicket> tickets, BooleanSupplier working);

    /** Ends what computes, now and from now on; its jobs go back to the queue. */
    void endRuns();

    /** Whether the thread is held by a run that does not end. */
    boolean stuck(Thread thread);

    /** Gives back the jobs that are still held, by batches that do not end. */
    void giveBackHeld();

    /** Batches of that version may come from now on. */
    void expect(ModelVersion version);

    /** A version is gone, and its last batch has ended. */
    void forget(ModelVersion version);
  }

  private final Batches batches;
  private final InputBudget inputs;
  private final ExecutionSettings settings;
  private final BlockingQueue<ModelQueue> line = new LinkedBlockingQueue<>();

  /** Model queues that have a thread of their own. */
  private final Set<ModelQueue> served = ConcurrentHashMap.newKeySet();

  /** Model queues that had tickets in hand while nothing ran: they are served after a start. */
  private final Set<ModelQueue> unserved = ConcurrentHashMap.newKeySet();

  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final AtomicInteger names = new AtomicInteger();
  private ExecutorService pool = newPool();
  private volatile boolean running;
  private volatile long lastProgress = System.nanoTime();

  BatchScheduler(Batches batches, InputBudget inputs, ExecutionSettings settings) {
    this.batches = batches;
    this.inputs = inputs;
    this.settings = settings;
  }

  /** Puts a ticket in the model queue's hand. */
  public void offer(ModelQueue queue, HeldTicket ticket) {
    queue.add(ticket);
    serve(queue);
  }

  private void serve(ModelQueue queue) {
    if (!running) {
      unserved.add(queue);
    }
    if (running && queue.hasTickets() && served.add(queue)) {
      runOnItsOwn(queue);
    } else {
      joinLine(queue);
    }
  }

  private void runOnItsOwn(ModelQueue queue) {
    try {
      pool.execute(() -> runAll(queue));
    } catch (RejectedExecutionException _) {
      // Stopping: its tickets go back to the broker.
      served.remove(queue);
    }
  }

  private void joinLine(ModelQueue queue) {
    if (furtherThreads() > 0 && queue.joinsLine()) {
      line.add(queue);
    }
  }

  /** Those that are not a model's own. */
  private int furtherThreads() {
    return settings.effectiveBatchesInFlight() - 1;
  }

  /** Takes up a model queue of a version that had none. */
  public void add(ModelQueue queue) {
    batches.expect(queue.model().modelVersion());
  }

  /** Puts another model queue in the place of one, whose batches in flight are finished there. */
  public void replace(ModelQueue old, ModelQueue next) {
    old.takeTickets().forEach(ticket -> offer(next, ticket));
    old.close();
  }

  /** Closes the model queue of a version that is gone, and forgets that after its last batch. */
  public void remove(ModelQueue queue) {
    queue.close(() -> batches.forget(queue.model().modelVersion()));
  }

  /** Seconds since a thread last took up or finished work, if work waits; otherwise 0. */
  public long secondsWithoutProgress() {
    boolean waits = served.stream().anyMatch(ModelQueue::hasTickets);
    return waits ? TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - lastProgress) : 0;
  }

  /** The model queue's own thread: it is free again when no ticket is left. */
  private void runAll(ModelQueue queue) {
    do {
      try {
        while (running && queue.hasTickets()) {
          tryToRun(queue);
        }
      } finally {
        served.remove(queue);
      }
    } while (running && queue.hasTickets() && served.add(queue));
    if (!running && queue.hasTickets()) {
      unserved.add(queue);
    }
  }

  /** A further thread. */
  private void runFurther() {
    while (running) {
      try {
        ModelQueue queue = line.poll(200, TimeUnit.MILLISECONDS);
        if (queue != null) {
          queue.leavesLine();
          tryToRun(queue);
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void tryToRun(ModelQueue queue) {
    try {
      run(queue);
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.error("A batch failed; its jobs are taken back when their leases run out", e);
    }
  }

  private void run(ModelQueue queue) {
    lastProgress = System.nanoTime();
    List<HeldTicket> tickets = queue.takeBatch(inputs.ofBatch());
    joinLine(queue);
    if (!tickets.isEmpty()) {
      try {
        batches.run(queue, tickets, () -> running);
      } finally {
        queue.batchEnded();
      }
      lastProgress = System.nanoTime();
    }
  }

  @Override
  public void start() {
    pool = newPool();
    threads.clear();
    running = true;
    for (int i = 0; i < furtherThreads(); i++) {
      pool.execute(this::runFurther);
    }
    List<ModelQueue> waiting = List.copyOf(unserved);
    waiting.forEach(unserved::remove);
    waiting.forEach(this::serve);
  }

  /** Of threads that end when they have not been needed for a while. */
  private ExecutorService newPool() {
    return new ThreadPoolExecutor(
        0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), this::newThread);
  }

  private Thread newThread(Runnable work) {
    Thread thread =
        Thread.ofPlatform()
            .name("batch-" + names.getAndIncrement())
            .daemon()
            .unstarted(() -> {
              work.run();
              threads.remove(Thread.currentThread());
            });
    threads.add(thread);
    return thread;
  }

  /**
   * Finishes the batches in flight. What is not done after the grace is ended, and its jobs are
   * given back, to be claimed at once by another worker; tickets not taken up go back to the
   * broker.
   */
  @Override
  public void stop() {
    running = false;
    pool.shutdown();
    if (!ended(settings.grace())) {
      batches.endRuns();
      if (!ended(SETTLING)) {
        batches.giveBackHeld();
      }
    }
  }

  /** Waits for all threads, but no longer than this nor for those that are stuck. */
  private boolean ended(Duration most) {
    long end = System.nanoTime() + most.toNanos();
    for (Thread thread : threads) {
      try {
        if (!batches.stuck(thread)) {
          thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
    return idle();
  }

  /** Whether nothing of a batch goes on any more, after a stop. */
  public boolean idle() {
    return threads.stream().noneMatch(Thread::isAlive);
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Stops before the intake; what that still takes in goes back to the broker with its channel. */
  @Override
  public int getPhase() {
    return 100;
  }
}
