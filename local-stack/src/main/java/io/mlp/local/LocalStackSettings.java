package io.mlp.local;

import io.mlp.local.servers.CannotStartException;
import io.mlp.local.servers.Ports;
import io.mlp.local.servers.ServersSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The settings of the local stack, each an environment variable with a default that fits a machine
 * where nothing else runs.
 *
 * @param models {@code LOCAL_STACK_MODELS}, the checkout's {@code models}
 * @param apiPort {@code API_PORT}, 4789; 0 for a free one, as for every port here
 * @param apiManagementPort {@code API_MANAGEMENT_PORT}, 4790
 * @param workerManagementPort {@code WORKER_MANAGEMENT_PORT}, 4791
 * @param servers {@code LOCAL_STACK_DATA}, the checkout's {@code .local-stack}, and {@code
 *     LOCAL_STACK_POSTGRES_PORT}, {@code LOCAL_STACK_REDIS_PORT}, {@code LOCAL_STACK_AMQP_PORT}, 0
 * @param readyWithin {@code LOCAL_STACK_READY_SECONDS}, 60
 * @param logLevel {@code LOCAL_STACK_LOG_LEVEL}, WARN
 */
record LocalStackSettings(
    Path models,
    int apiPort,
    int apiManagementPort,
    int workerManagementPort,
    ServersSettings servers,
    Duration readyWithin,
    String logLevel) {
  private static final List<String> LOG_LEVELS =
      List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF");

  LocalStackSettings {
    List<Integer> ports =
        List.of(
            apiPort,
            apiManagementPort,
            workerManagementPort,
            servers.postgresPort(),
            servers.redisPort(),
            servers.amqpPort());
    List<Integer> named = ports.stream().filter(port -> port != 0).sorted().toList();
    if (named.stream().distinct().count() < named.size()) {
      throw CannotStartException.because(
          "Two ports of the local stack are the same (%s): give API_PORT, API_MANAGEMENT_PORT, WORKER_MANAGEMENT_PORT and the LOCAL_STACK_*_PORT variables different values."
              .formatted(named));
    }
  }

  /**
   * Reads the environment.
   *
   * @throws CannotStartException naming the variable whose value makes no sense
   */
  static LocalStackSettings from(Map<String, String> variables, Checkout checkout) {
    Environment environment = new Environment(variables);
    return new LocalStackSettings(
        environment.path("LOCAL_STACK_MODELS", checkout.models()),
        environment.port("API_PORT", 4789),
        environment.port("API_MANAGEMENT_PORT", 4790),
        environment.port("WORKER_MANAGEMENT_PORT", 4791),
        servers(environment, checkout),
        environment.seconds("LOCAL_STACK_READY_SECONDS", Duration.ofSeconds(60)),
        environment.oneOf("LOCAL_STACK_LOG_LEVEL", LOG_LEVELS, "WARN"));
  }

  /** The same with a free port wherever any will do. */
  LocalStackSettings withPortsChosen() {
    return new LocalStackSettings(
        models,
        Ports.chosen(apiPort),
        Ports.chosen(apiManagementPort),
        Ports.chosen(workerManagementPort),
        servers,
        readyWithin,
        logLevel);
  }

  private static ServersSettings servers(Environment environment, Checkout checkout) {
    Path folder = environment.path("LOCAL_STACK_DATA", checkout.data());
    return new ServersSettings(
        folder,
        folder.resolve("binaries"),
        environment.port("LOCAL_STACK_POSTGRES_PORT", 0),
        environment.port("LOCAL_STACK_REDIS_PORT", 0),
        environment.port("LOCAL_STACK_AMQP_PORT", 0));
  }
}
