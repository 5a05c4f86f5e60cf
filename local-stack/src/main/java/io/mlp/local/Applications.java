package io.mlp.local;

import io.mlp.api.ApiApplication;
import io.mlp.local.servers.CannotStartException;
import io.mlp.local.servers.Servers;
import io.mlp.worker.WorkerApplication;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * The api and the worker as two contexts of this JVM, each as in its own process: its own
 * configuration file, on loopback, with nothing configured that the other one brought along.
 */
final class Applications {
  private static final Logger LOG = LoggerFactory.getLogger(Applications.class);

  private final LocalStackSettings settings;
  private final Servers servers;

  Applications(LocalStackSettings settings, Servers servers) {
    this.settings = settings;
    this.servers = servers;
  }

  /** Migrates the schema, so it comes before the worker. */
  ConfigurableApplicationContext startApi() {
    return start(
        "api",
        List.of(
            "--server.port=" + settings.apiPort(),
            "--management.server.address=127.0.0.1",
            "--api.keys.loopback-owner=local",
            "--management.server.port=" + settings.apiManagementPort()),
        ApiApplication.class);
  }

  ConfigurableApplicationContext startWorker() {
    return start(
        "worker",
        List.of(
            // One port for both: the worker serves nothing but its management endpoints.
            "--server.port=" + settings.workerManagementPort(),
            "--management.server.port=" + settings.workerManagementPort(),
            "--spring.web.resources.add-mappings=false",
            "--worker.models.directory=" + settings.models()),
        WorkerApplication.class,
        AsWithoutApi.class);
  }

  private ConfigurableApplicationContext start(
      String name, List<String> arguments, Class<?>... sources) {
    List<String> all = new ArrayList<>(List.of(servers.springArguments()));
    all.add("--spring.config.name=" + name);
    all.add("--server.address=127.0.0.1");
    all.addAll(quietly());
    all.addAll(arguments);
    SpringApplication application = new SpringApplication(sources);
    // The local stack stops the two in order; Spring's own hook would stop them at once.
    application.setRegisterShutdownHook(false);
    try {
      return application.run(all.toArray(String[]::new));
    } catch (RuntimeException e) {
      throw didNotStart(name, e);
    }
  }

  private CannotStartException didNotStart(String name, RuntimeException failure) {
    List<Throwable> causes =
        Stream.<Throwable>iterate(failure, cause -> cause != null, Throwable::getCause).toList();
    if (causes.stream().anyMatch(FlywayValidateException.class::isInstance)) {
      return CannotStartException.because(
          "The data in %s is of another version of MLP, with another schema: delete its folder postgres for a fresh start, or name another folder with LOCAL_STACK_DATA."
              .formatted(settings.servers().folder()),
          failure);
    }
    LOG.error("The {} did not start", name, failure);
    return CannotStartException.because(
        "The %s did not start: %s".formatted(name, causes.getLast()), failure);
  }

  private List<String> quietly() {
    return List.of(
        "--logging.level.root=" + settings.logLevel(),
        "--logging.level.io.mlp=" + settings.logLevel(),
        "--logging.register-shutdown-hook=false",
        "--spring.main.banner-mode=off",
        "--spring.main.log-startup-info=false",
        "--spring.lifecycle.timeout-per-shutdown-phase=3s");
  }

  /** The api's class path is here too, but a worker has neither JPA, migrations nor keys. */
  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration(
      exclude = {
        DataJpaRepositoriesAutoConfiguration.class,
        FlywayAutoConfiguration.class,
        HibernateJpaAutoConfiguration.class,
        SecurityAutoConfiguration.class,
        UserDetailsServiceAutoConfiguration.class,
        ManagementWebSecurityAutoConfiguration.class,
        SecurityFilterAutoConfiguration.class,
        ServletWebSecurityAutoConfiguration.class
      })
  static class AsWithoutApi {}
}
