package io.mlp.flow;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.mlp.api.ApiApplication;
import io.mlp.local.Checkout;
import io.mlp.worker.WorkerApplication;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The api or the worker as a context of this JVM on free ports, as the local stack runs them. */
public final class Application implements AutoCloseable {
  /** The api's class path is here, too, but a worker has neither JPA, migrations nor keys. */
  static final String NOT_FOR_WORKERS =
      "org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration,"
          + "org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration,"
          + "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration,"
          + "org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration,"
          + "org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration,"
          + "org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration,"
          + "org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration,"
          + "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration";

  static final String SHIPPED_MODELS = Checkout.locate().models().toString();

  private final ConfigurableApplicationContext context;

  private Application(ConfigurableApplicationContext context) {
    this.context = context;
  }

  /**
   * Starts the api, which brings the schema into its database.
   *
   * @param properties win over its configuration file
   */
  static Application api(Map<String, String> properties) {
    Map<String, String> all = new LinkedHashMap<>(properties);
    all.put("management.server.port", "0");
    return start("api", ApiApplication.class, all);
  }

  /**
   * Starts a worker; it serves the models of the checkout unless the properties name others.
   *
   * @param properties win over its configuration file
   */
  static Application worker(Map<String, String> properties) {
    Map<String, String> all = new LinkedHashMap<>(properties);
    all.putIfAbsent("worker.models.directory", SHIPPED_MODELS);
    all.put("spring.autoconfigure.exclude", NOT_FOR_WORKERS);
    return start("worker", WorkerApplication.class, all);
  }

  private static Application start(String name, Class<?> source, Map<String, String> properties) {
    Map<String, String> all = new LinkedHashMap<>(properties);
    all.put("spring.config.name", name);
    all.put("server.address", "127.0.0.1");
    all.put("server.port", "0");
    all.put("logging.level.root", "WARN");
    all.put("logging.register-shutdown-hook", "false");
    all.put("spring.main.log-startup-info", "false");
    all.put("spring.lifecycle.timeout-per-shutdown-phase", "3s");
    SpringApplication application = new SpringApplication(source);
    application.setRegisterShutdownHook(false);
    return new Application(
        application.run(
            all.entrySet().stream()
                .map(property -> "--" + property.getKey() + "=" + property.getValue())
                .toArray(String[]::new)));
  }

  int port() {
    return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  /** Where health and metrics are; a worker has no other port. */
  int managementPort() {
    return context.getEnvironment().getProperty("local.management.port", Integer.class, port());
  }

  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  public <T> T bean(String name, Class<T> type) {
    return context.getBean(name, type);
  }

  /** What a counter has counted, over all labels but the given ones; 0 if it never counted. */
  public double counted(String name, String... tags) {
    return bean(MeterRegistry.class).find(name).tags(tags).counters().stream()
        .mapToDouble(Counter::count)
        .sum();
  }

  @Override
  public void close() {
    context.close();
  }
}
