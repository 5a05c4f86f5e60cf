package io.mlp.api.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.catalina.connector.Connector;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Looks five times per second at all connections that are busy: ends those whose clients are slower
 * than {@link ClientLimits} allows, and tells requests that wait for a job when their client has
 * hung up.
 */
@Component
class ConnectionWatch implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
  private final ClientLimits limits;
  private final Map<PacedProcessor.Stage, Counter> tooSlow =
      new EnumMap<>(PacedProcessor.Stage.class);
  private final Counter hungUp;
  private volatile Set<PacedProcessor> busy = Set.of();

  ConnectionWatch(ClientLimits limits, MeterRegistry meters) {
    this.limits = limits;
    for (PacedProcessor.Stage stage : PacedProcessor.Stage.values()) {
      tooSlow.put(stage, counter(meters, stage.name().toLowerCase(Locale.ROOT)));
    }
    this.hungUp = counter(meters, "hung_up");
  }

  private static Counter counter(MeterRegistry meters, String reason) {
    return Counter.builder("mlp.connections.ended")
        .description("Connections given up: their clients were too slow, or gone while they waited")
        .tag("reason", reason)
        .register(meters);
  }

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    factory.setProtocol(PacedProtocol.class.getName());
    factory.addConnectorCustomizers(this::watch);
  }

  private void watch(Connector connector) {
    if (connector.getProtocolHandler() instanceof PacedProtocol protocol) {
      // What the headers forbid is refused before the body is asked for.
      protocol.setContinueResponseTiming("onRead");
      protocol.setMaxConnections(limits.connections());
      busy = protocol.busy();
    }
  }

  /** Often, because clients that hang up by the thousand would use up the connections meanwhile. */
  @Scheduled(fixedRate = 200)
  void look() {
    long now = System.nanoTime();
    for (PacedProcessor processor : busy) {
      processor.endIfTooSlow(limits, now).map(tooSlow::get).ifPresent(Counter::increment);
      if (processor.tellIfHungUp()) {
        hungUp.increment();
      }
    }
  }
}
