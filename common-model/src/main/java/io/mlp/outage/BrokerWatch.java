package io.mlp.outage;

import com.rabbitmq.client.ShutdownSignalException;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.connection.ConnectionListener;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.scheduling.annotation.Scheduled;

/** Notices where the broker goes away and comes back; each service has it as a bean. */
public final class BrokerWatch implements ConnectionListener {
  private final RabbitTemplate rabbit;

  public BrokerWatch(ConnectionFactory connections) {
    this.rabbit = new RabbitTemplate(connections);
    connections.addConnectionListener(this);
  }

  @Override
  public void onCreate(@Nullable Connection connection) {}

  @Override
  public void onFailed(Exception failure) {
    Outage.OF_BROKER.failed(failure);
  }

  @Override
  public void onShutDown(ShutdownSignalException signal) {
    if (!signal.isInitiatedByApplication()) {
      Outage.OF_BROKER.failed(signal);
    }
  }

  /** A question that nobody need refuse, for while the broker is away nobody else may ask. */
  @Scheduled(fixedDelay = 1000)
  void probe() {
    Outage.OF_BROKER.probe(() ->
        rabbit.execute(channel -> {
          channel.basicQos(0);
          return null;
        }));
  }
}
