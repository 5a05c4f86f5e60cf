package io.mlp.worker.intake;

import io.mlp.dispatch.TicketQueue;
import io.mlp.worker.catalogue.Registration;
import io.mlp.worker.catalogue.ServedModel;
import io.mlp.worker.execution.ModelLane;
import io.mlp.worker.repository.LoadedModel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Consumes the queues of the models that this worker serves, once they are registered. What is not
 * there yet at the start, the database, its schema or the broker, is waited for.
 */
@Component
public class Intake implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

  private final Registration registration;
  private final TicketListener listener;
  private final IntakeSettings settings;
  private final RabbitAdmin admin;
  private final TicketContainer container;
  private volatile Thread starter = new Thread();
  private volatile boolean running;
  private volatile int queues;

  Intake(
      Registration registration,
      TicketListener listener,
      IntakeSettings settings,
      ConnectionFactory connections) {
    this.registration = registration;
    this.listener = listener;
    this.settings = settings;
    this.admin = new RabbitAdmin(connections);
    this.admin.setRedeclareManualDeclarations(true);
    this.container = container(connections);
  }

  private TicketContainer container(ConnectionFactory connections) {
    TicketContainer fresh = new TicketContainer(connections);
    fresh.setAcknowledgeMode(AcknowledgeMode.MANUAL);
    fresh.setPrefetchCount(settings.prefetch());
    fresh.setMessageListener(listener);
    fresh.setMissingQueuesFatal(false);
    fresh.setRecoveryInterval(1000);
    fresh.setMonitorInterval(1000);
    fresh.setFailedDeclarationRetryInterval(1000);
    fresh.setAmqpAdmin(admin);
    return fresh;
  }

  @Override
  public void start() {
    running = true;
    starter = Thread.ofPlatform().name("intake-starter").daemon().start(this::serve);
  }

  private void serve() {
    try {
      List<ServedModel> models = register();
      Map<String, ModelLane> lanes = new HashMap<>();
      for (ServedModel served : models) {
        lanes.put(declare(served), new ModelLane(served.model(), served.modelVersionId()));
      }
      listener.serve(lanes);
      container.setQueueNames(lanes.keySet().toArray(String[]::new));
      container.afterPropertiesSet();
      container.start();
      queues = lanes.size();
      LOG.info("Serving {} model versions", lanes.size());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private List<ServedModel> register() throws InterruptedException {
    while (true) {
      try {
        return registration.register();
      } catch (DataAccessException e) {
        LOG.warn("Waiting for the database and its schema: {}", e.toString());
        Thread.sleep(1000);
      }
    }
  }

  /** Declares the queue now or, while the broker is away, with the next connection. */
  private String declare(ServedModel served) {
    LoadedModel model = served.model();
    TicketQueue queue = new TicketQueue(model.name(), model.version(), settings.queueType());
    try {
      admin.declareQueue(
          new Queue(queue.name(), true, false, false, new HashMap<>(queue.arguments())));
    } catch (AmqpException e) {
      LOG.warn("Waiting for the broker: {}", e.toString());
    }
    return queue.name();
  }

  /** Whether every queue of a served model has its consumer. */
  public boolean subscribed() {
    return queues > 0 && container.isRunning() && container.liveConsumers() >= queues;
  }

  @Override
  public void stop() {
    running = false;
    starter.interrupt();
    container.stop();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Stops after execution, so that the tickets of batches in flight are still handed in. */
  @Override
  public int getPhase() {
    return 0;
  }
}
