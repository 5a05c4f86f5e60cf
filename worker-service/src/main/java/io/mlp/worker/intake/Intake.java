package io.mlp.worker.intake;

import io.mlp.dispatch.TicketQueue;
import io.mlp.worker.catalogue.Registration;
import io.mlp.worker.catalogue.ServedModel;
import io.mlp.worker.execution.Execution;
import io.mlp.worker.execution.ModelLane;
import io.mlp.worker.repository.LoadedModel;
import io.mlp.worker.repository.ModelVersion;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Consumes the queues of the models that this worker serves, and follows the repository: a version
 * that is new gets a lane and a consumer, other bytes get another lane, what is gone loses both.
 * What is not there, the database, its schema or the broker, is waited for.
 */
@Component
public class Intake implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(Intake.class);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Registration registration;
  private final Execution execution;
  private final TicketListener listener;
  private final IntakeSettings settings;
  private final TicketContainer container;

  /** By the name of the queue. */
  private final Map<String, ModelLane> lanes = new HashMap<>();

  private volatile Map<String, String> refused = Map.of();

  /** The queue that could not be declared the last time. */
  private String failedLast = "";

  private volatile CountDownLatch stopping = new CountDownLatch(0);
  private volatile Thread follower = new Thread();

  Intake(
      Registration registration,
      Execution execution,
      TicketListener listener,
      IntakeSettings settings,
      ConnectionFactory connections) {
    this.registration = registration;
    this.execution = execution;
    this.listener = listener;
    this.settings = settings;
    this.container = container(connections);
  }

  private TicketContainer container(ConnectionFactory connections) {
    TicketContainer fresh = new TicketContainer(connections, listener::inHand);
    fresh.setAcknowledgeMode(AcknowledgeMode.MANUAL);
    fresh.setPrefetchCount(settings.prefetch());
    fresh.setMessageListener(listener);
    fresh.setMissingQueuesFatal(false);
    fresh.setPossibleAuthenticationFailureFatal(false);
    fresh.setRecoveryInterval(1000);
    fresh.setMonitorInterval(1000);
    fresh.setFailedDeclarationRetryInterval(1000);
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
      container.afterPropertiesSet();
      container.start();
      while (!untilStopped.await(look().toMillis(), TimeUnit.MILLISECONDS)) {
        // Looked once more.
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Takes over what the repository says now, and tells how long to wait before the next look. */
  private Duration look() {
    try {
      serve(registration.refresh());
      return registration.interval();
    } catch (DataAccessException e) {
      LOG.warn("Waiting for the database and its schema: {}", e.toString());
    } catch (AmqpException e) {
      LOG.warn("Waiting for the broker: {}", e.toString());
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.error("A look at the models failed, the next one goes on", e);
    }
    return RETRY;
  }

  private void serve(List<ServedModel> models) {
    Map<TicketQueue, ServedModel> wanted = new LinkedHashMap<>();
    for (ServedModel served : models) {
      LoadedModel model = served.model();
      wanted.put(new TicketQueue(model.name(), model.version(), settings.queueType()), served);
    }
    wanted.forEach((queue, served) -> putLane(queue.name(), served));
    leaveAllBut(wanted.keySet());
    consume(wanted);
  }

  /** A queue that the broker refuses keeps no other from its consumer, and is tried again. */
  private void consume(Map<TicketQueue, ServedModel> wanted) {
    Map<String, String> reasons = new TreeMap<>();
    Map<ModelVersion, String> unreached = new HashMap<>();
    for (TicketQueue queue : inOrder(wanted.keySet())) {
      try {
        container.consume(queue);
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

  private void putLane(String queue, ServedModel served) {
    ModelLane old = lanes.get(queue);
    if (old != null && old.model() == served.model()) {
      return;
    }
    ModelLane next = new ModelLane(served.model(), served.modelVersionId());
    lanes.put(queue, next);
    listener.serve(lanes);
    if (old != null) {
      execution.replace(old, next);
    }
    LOG.info("{} is served, {}", served.model().modelVersion(), served.digest());
  }

  /** A lane that is closed gives back what its channel still delivers, so the listener keeps it. */
  private void leaveAllBut(Set<TicketQueue> wanted) {
    Set<String> names = wanted.stream().map(TicketQueue::name).collect(Collectors.toSet());
    for (Map.Entry<String, ModelLane> lane : Map.copyOf(lanes).entrySet()) {
      if (!names.contains(lane.getKey())) {
        container.leave(lane.getKey());
        lanes.remove(lane.getKey());
        execution.remove(lane.getValue());
      }
    }
  }

  /** Whether every queue of a model that this worker has is consumed. */
  public boolean subscribed() {
    return refused.isEmpty() && container.consumesAll();
  }

  /** Why queues are not consumed that the broker refuses, by their names. */
  public Map<String, String> refused() {
    return refused;
  }

  @Override
  public void stop() {
    stopping.countDown();
    try {
      follower.join(RETRY);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    container.stop();
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
