package io.mlp.worker.intake;

import io.mlp.dispatch.TicketQueue;
import io.mlp.job.store.DatabaseFailures;
import io.mlp.job.store.DatabaseOutage;
import io.mlp.outage.Outage;
import io.mlp.worker.catalogue.Registration;
import io.mlp.worker.catalogue.ServedModel;
import io.mlp.worker.repository.LoadedModel;
import io.mlp.worker.repository.ModelVersion;
import io.mlp.worker.schedule.BatchScheduler;
import io.mlp.worker.schedule.ModelQueue;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Consumes the queues of the models that this worker serves, and follows the repository: a version
 * that is new gets a model queue and a consumer, other bytes get another model queue, what is gone
 * loses both. What is not there, the database, its schema or the broker, is waited for.
 */
@Component
public class Intake implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(Intake.class);
  private static final DatabaseOutage OUTAGE = DatabaseOutage.ofThisProcess();
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final int FEWEST_IN_HAND = 4;

  private final Registration registration;
  private final BatchScheduler scheduler;
  private final TicketListener listener;
  private final IntakeSettings settings;
  private final ConnectionFactory connections;

  /** By their prefetch. */
  private final Map<Integer, TicketContainer> containers = new ConcurrentHashMap<>();

  /** By the name of the queue. */
  private final Map<String, ModelQueue> modelQueues = new HashMap<>();

  private volatile Map<String, String> refused = Map.of();

  /** The queue that could not be declared the last time. */
  private String failedLast = "";

  /** The models of the first look have been loaded. */
  private volatile boolean settled;

  private volatile CountDownLatch stopping = new CountDownLatch(0);
  private volatile Thread follower = new Thread();

  Intake(
      Registration registration,
      BatchScheduler scheduler,
      TicketListener listener,
      IntakeSettings settings,
      ConnectionFactory connections) {
    this.registration = registration;
    this.scheduler = scheduler;
    this.listener = listener;
    this.settings = settings;
    this.connections = connections;
  }

  /**
   * The one whose consumers hold so many tickets. A worker's hand is work that no later job gets
   * before: it holds tickets for two runs, and enough for a model of one row at a time to be busy.
   */
  private TicketContainer container(LoadedModel model) {
    int prefetch = Math.clamp(2L * model.batching().maxRows(), FEWEST_IN_HAND, settings.prefetch());
    return containers.computeIfAbsent(prefetch, this::started);
  }

  private TicketContainer started(int prefetch) {
    TicketContainer fresh = new TicketContainer(connections, listener::inHand);
    fresh.setAcknowledgeMode(AcknowledgeMode.MANUAL);
    fresh.setPrefetchCount(prefetch);
    fresh.setMessageListener(listener);
    fresh.setMissingQueuesFatal(false);
    fresh.setPossibleAuthenticationFailureFatal(false);
    fresh.setRecoveryInterval(1000);
    fresh.setMonitorInterval(1000);
    fresh.setFailedDeclarationRetryInterval(1000);
    fresh.afterPropertiesSet();
    fresh.start();
    return fresh;
  }

  @Override
  public void start() {
    CountDownLatch untilStopped = new CountDownLatch(1);
    stopping = untilStopped;
    follower = Thread.ofPlatform().name("models").daemon().start(() -> follow(untilStopped));
  }

  private void follow(CountDownLatch untilStopped) {
    try {
      long nextLook = System.nanoTime();
      while (untilStopped.getCount() > 0) {
        if (System.nanoTime() - nextLook >= 0) {
          look();
          nextLook = System.nanoTime() + registration.interval().toNanos();
        }
        Duration untilLook = Duration.ofNanos(Math.max(0, nextLook - System.nanoTime()));
        boolean followed = refresh();
        registration.await(followed || untilLook.compareTo(RETRY) < 0 ? untilLook : RETRY);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    try {
      registration.look();
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.error("A look at the models failed, the next one goes on", e);
    }
  }

  /** Takes over what is loaded, and tells whether that succeeded. */
  private boolean refresh() {
    try {
      serve(registration.refresh());
      settled = settled || registration.settled();
      return true;
    } catch (DataAccessException | TransactionException e) {
      if (DatabaseFailures.isTransient(e)) {
        OUTAGE.failed(e);
      } else {
        LOG.warn("Waiting for the database's schema: {}", e.toString());
      }
    } catch (AmqpException e) {
      Outage.OF_BROKER.failed(e);
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.error("What is loaded is not served yet", e);
    }
    return false;
  }

  private void serve(List<ServedModel> models) {
    Map<TicketQueue, ServedModel> wanted = new LinkedHashMap<>();
    for (ServedModel served : models) {
      LoadedModel model = served.model();
      wanted.put(new TicketQueue(model.name(), model.version(), settings.queueType()), served);
    }
    wanted.forEach((queue, served) -> putModelQueue(queue.name(), served));
    leaveAllBut(wanted.keySet());
    consume(wanted);
  }

  /** A queue that the broker refuses keeps no other from its consumer, and is tried again. */
  private void consume(Map<TicketQueue, ServedModel> wanted) {
    Map<String, String> reasons = new TreeMap<>();
    Map<ModelVersion, String> unreached = new HashMap<>();
    for (TicketQueue queue : inOrder(wanted.keySet())) {
      try {
        consume(queue, container(Objects.requireNonNull(wanted.get(queue)).model()));
      } catch (AmqpException e) {
        failedLast = queue.name();
        String reason = QueueRefusal.of(queue.name(), e).orElseThrow(() -> e).reason();
        reasons.put(queue.name(), reason);
        unreached.put(new ModelVersion(queue.model(), queue.version()), reason);
      }
    }
    tellOf(reasons);
    refused = reasons;
    registration.unreached(unreached);
  }

  /** Other bytes of a version may have another prefetch. */
  private void consume(TicketQueue queue, TicketContainer container) {
    for (TicketContainer other : containers.values()) {
      if (other != container) {
        other.leave(queue.name());
      }
    }
    container.consume(queue);
  }

  /** What may break the connection comes last. */
  private List<TicketQueue> inOrder(Set<TicketQueue> queues) {
    return queues.stream()
        .sorted(Comparator.comparing(queue -> queue.name().equals(failedLast)))
        .toList();
  }

  private void tellOf(Map<String, String> reasons) {
    reasons.forEach((queue, reason) -> {
      if (!reason.equals(refused.get(queue))) {
        LOG.warn("{}", reason);
      }
    });
  }

  private void putModelQueue(String queue, ServedModel served) {
    ModelQueue old = modelQueues.get(queue);
    if (old != null && old.model() == served.model()) {
      return;
    }
    ModelQueue next = new ModelQueue(served.model());
    modelQueues.put(queue, next);
    listener.serve(modelQueues);
    if (old == null) {
      scheduler.add(next);
    } else {
      scheduler.replace(old, next);
    }
    LOG.info("{} is served, {}", served.model().modelVersion(), served.digest());
  }

  /**
   * A model queue that is closed gives back what its channel still delivers, so the listener keeps
   * it.
   */
  private void leaveAllBut(Set<TicketQueue> wanted) {
    Set<String> names = wanted.stream().map(TicketQueue::name).collect(Collectors.toSet());
    for (Map.Entry<String, ModelQueue> modelQueue : Map.copyOf(modelQueues).entrySet()) {
      if (!names.contains(modelQueue.getKey())) {
        containers.values().forEach(container -> container.leave(modelQueue.getKey()));
        modelQueues.remove(modelQueue.getKey());
        scheduler.remove(modelQueue.getValue());
      }
    }
  }

  /**
   * Whether the models that were there at the start have been loaded, but for those that take long,
   * and every queue of a model that this worker has is consumed.
   */
  public boolean subscribed() {
    return settled && refused.isEmpty() && consumesAll();
  }

  private boolean consumesAll() {
    return containers.values().stream().anyMatch(container -> !container.isUnused())
        && containers.values().stream().allMatch(TicketContainer::consumesAll);
  }

  /** Why queues are not consumed that the broker refuses, by their names. */
  public Map<String, String> refused() {
    return refused;
  }

  @Override
  public void stop() {
    stopping.countDown();
    registration.wake();
    try {
      follower.join(RETRY);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    containers.values().forEach(TicketContainer::stop);
    containers.clear();
  }

  @Override
  public boolean isRunning() {
    return stopping.getCount() > 0;
  }

  /** Stops after execution, so that the tickets of batches in flight are still handed in. */
  @Override
  public int getPhase() {
    return 0;
  }
}
