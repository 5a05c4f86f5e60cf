package io.mlp.local;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlp.local.servers.CannotStartException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreflightTest {
  @ParameterizedTest
  @ValueSource(strings = {"API_PORT", "API_MANAGEMENT_PORT", "WORKER_MANAGEMENT_PORT"})
  void refusesTakenPort_namingItsVariable(String variable) throws IOException {
    try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      String port = Integer.toString(holder.getLocalPort());
      assertThatThrownBy(() -> Preflight.check(settings(Map.of(variable, port))))
          .isInstanceOf(CannotStartException.class)
          .hasMessageContainingAll("Port " + port, variable);
    }
  }

  @Test
  void acceptsFreePorts() {
    assertThatCode(() -> Preflight.check(settings(Map.of()))).doesNotThrowAnyException();
  }

  private static LocalStackSettings settings(Map<String, String> some) {
    Map<String, String> variables = new HashMap<>();
    variables.put("API_PORT", "0");
    variables.put("API_MANAGEMENT_PORT", "0");
    variables.put("WORKER_MANAGEMENT_PORT", "0");
    variables.putAll(some);
    return LocalStackSettings.from(variables, new Checkout(Path.of("/checkout")));
  }
}
