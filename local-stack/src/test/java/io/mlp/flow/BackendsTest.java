package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackendsTest {
  private static final Map<String, String> ALL_BUT_AMQP =
      Map.of(
          "MLP_TEST_SERVERS", "environment",
          "MLP_TEST_POSTGRES_PORT", "1",
          "MLP_TEST_REDIS_PORT", "2");

  @Test
  void namesThePortThatIsMissing() {
    assertThatThrownBy(() -> Backends.start(ALL_BUT_AMQP))
        .hasMessageStartingWith("MLP_TEST_AMQP_PORT: nothing (expected: the port")
        .hasMessageContaining("config/test-servers");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "localhost:5672"})
  void refusesWhatIsNoPort(String value) {
    Map<String, String> environment = new HashMap<>(ALL_BUT_AMQP);
    environment.put("MLP_TEST_AMQP_PORT", value);
    assertThatThrownBy(() -> Backends.start(environment))
        .hasMessageStartingWith("MLP_TEST_AMQP_PORT: %s (".formatted(value));
  }

  @Test
  void refusesServersItDoesNotKnow() {
    assertThatThrownBy(() -> Backends.start(Map.of("MLP_TEST_SERVERS", "all")))
        .hasMessage("MLP_TEST_SERVERS: all (expected: embedded, containers or environment)");
  }
}
