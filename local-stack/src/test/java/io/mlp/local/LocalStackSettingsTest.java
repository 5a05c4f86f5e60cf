package io.mlp.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlp.local.servers.CannotStartException;
import io.mlp.local.servers.ServersSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalStackSettingsTest {
  private static final Path ROOT = Path.of("/checkout").toAbsolutePath();
  private static final Checkout CHECKOUT = new Checkout(ROOT);

  @Test
  void hasDefaultsForAnEmptyEnvironment() {
    assertThat(LocalStackSettings.from(Map.of(), CHECKOUT))
        .isEqualTo(
            new LocalStackSettings(
                ROOT.resolve("models"),
                4789,
                4790,
                4791,
                ServersSettings.in(ROOT.resolve(".local-stack")),
                Duration.ofSeconds(60),
                "WARN"));
  }

  @Test
  void readsEveryVariable() {
    Map<String, String> variables = new HashMap<>();
    variables.put("LOCAL_STACK_MODELS", "/m");
    variables.put("API_PORT", "1");
    variables.put("API_MANAGEMENT_PORT", "2");
    variables.put("WORKER_MANAGEMENT_PORT", "3");
    variables.put("LOCAL_STACK_DATA", "/d");
    variables.put("LOCAL_STACK_POSTGRES_PORT", "4");
    variables.put("LOCAL_STACK_REDIS_PORT", "5");
    variables.put("LOCAL_STACK_AMQP_PORT", "6");
    variables.put("LOCAL_STACK_READY_SECONDS", "7");
    variables.put("LOCAL_STACK_LOG_LEVEL", "debug");
    Path data = Path.of("/d").toAbsolutePath();
    assertThat(LocalStackSettings.from(variables, CHECKOUT))
        .isEqualTo(
            new LocalStackSettings(
                Path.of("/m").toAbsolutePath(),
                1,
                2,
                3,
                new ServersSettings(data, data.resolve("binaries"), 4, 5, 6),
                Duration.ofSeconds(7),
                "DEBUG"));
  }

  @Test
  void takesEmptyVariableForAbsent() {
    assertThat(LocalStackSettings.from(Map.of("API_PORT", " "), CHECKOUT).apiPort())
        .isEqualTo(4789);
  }

  @ParameterizedTest
  @CsvSource({
    "API_PORT, 65536, 0 to 65535",
    "API_PORT, -1, 0 to 65535",
    "LOCAL_STACK_AMQP_PORT, amqp, 0 to 65535",
    "LOCAL_STACK_READY_SECONDS, 3601, 0 to 3600",
    "LOCAL_STACK_LOG_LEVEL, LOUD, one of TRACE"
  })
  void refusesNonsense_namingVariableValueAndRange(String variable, String value, String range) {
    assertThatThrownBy(() -> LocalStackSettings.from(Map.of(variable, value), CHECKOUT))
        .isInstanceOf(CannotStartException.class)
        .hasMessageContaining("%s: %s (expected: %s".formatted(variable, value, range));
  }

  @Test
  void refusesOnePortForTwo() {
    assertThatThrownBy(() -> LocalStackSettings.from(Map.of("API_PORT", "4790"), CHECKOUT))
        .isInstanceOf(CannotStartException.class)
        .hasMessageContainingAll("4790", "API_PORT", "API_MANAGEMENT_PORT");
  }

  @Test
  void choosesPorts_onlyWhereAnyWillDo() {
    Map<String, String> variables = Map.of("API_PORT", "0");
    LocalStackSettings chosen = LocalStackSettings.from(variables, CHECKOUT).withPortsChosen();
    assertThat(chosen.apiPort()).isPositive();
    assertThat(chosen.apiManagementPort()).isEqualTo(4790);
  }
}
