package io.mlp.local.servers;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.qpid.server.SystemLauncher;
import org.apache.qpid.server.SystemLauncherListener.DefaultSystemLauncherListener;
import org.apache.qpid.server.model.Broker;
import org.apache.qpid.server.model.Port;
import org.apache.qpid.server.model.SystemConfig;
import org.jspecify.annotations.Nullable;

/**
 * An AMQP 0-9-1 broker inside this JVM that keeps nothing. It accepts RabbitMQ's queue arguments
 * and ignores them: no dead-lettering, no time to live, no delivery limit, no priorities.
 */
public final class AmqpBroker implements AutoCloseable {
  private final SystemLauncher launcher;
  private final int port;

  private AmqpBroker(SystemLauncher launcher, int port) {
    this.launcher = launcher;
    this.port = port;
  }

  static AmqpBroker start(DataFolder folder, int port) {
    Opened opened = new Opened();
    SystemLauncher launcher = new SystemLauncher(opened);
    try {
      launcher.startup(configuration(folder, port));
    } catch (Exception e) {
      throw CannotStartException.because("The AMQP broker did not start: " + e.getMessage(), e);
    }
    // A broker that could not bind its port is up all the same, and startup() silent about it.
    int bound = opened.port();
    if (bound <= 0) {
      launcher.shutdown();
      throw CannotStartException.because(
          "The AMQP broker did not get its port %d on 127.0.0.1: set LOCAL_STACK_AMQP_PORT to a free one, or to 0 for any."
              .formatted(port));
    }
    return new AmqpBroker(launcher, bound);
  }

  public String host() {
    return "127.0.0.1";
  }

  public int port() {
    return port;
  }

  public String user() {
    return "guest";
  }

  public String password() {
    return "guest";
  }

  public String virtualHost() {
    return "mlp";
  }

  @Override
  public void close() {
    launcher.shutdown();
  }

  private static Map<String, Object> configuration(DataFolder folder, int port) {
    Map<String, Object> configuration = new HashMap<>();
    configuration.put("type", "Memory");
    configuration.put(
        "initialConfigurationLocation",
        Objects.requireNonNull(AmqpBroker.class.getResource("broker.json")).toExternalForm());
    configuration.put("startupLoggedToSystemOut", false);
    configuration.put(
        "context",
        Map.of(
            "local.amqp_port", Integer.toString(port), "qpid.work_dir", folder.path().toString()));
    return configuration;
  }

  /** Catches the broker as it opens: the launcher itself does not tell which port it got. */
  private static final class Opened extends DefaultSystemLauncherListener {
    private final AtomicReference<@Nullable SystemConfig<?>> system = new AtomicReference<>();

    @Override
    public void onContainerResolve(SystemConfig<?> systemConfig) {
      system.set(systemConfig);
    }

    int port() {
      SystemConfig<?> opened = system.get();
      return opened != null && opened.getContainer() instanceof Broker<?> broker
          ? broker.getPorts().stream().mapToInt(Port::getBoundPort).max().orElse(-1)
          : -1;
    }
  }
}
