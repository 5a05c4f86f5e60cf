package io.mlp.local.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class PortsTest {
  @Test
  void choosesFreePortForZero() {
    int port = Ports.chosen(0);
    assertThat(port).isPositive();
    assertThat(Ports.taken(port)).isFalse();
  }

  @Test
  void keepsNamedPort() {
    assertThat(Ports.chosen(4789)).isEqualTo(4789);
  }

  @Test
  void seesListenerOnLoopback() throws IOException {
    try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      assertThat(Ports.taken(holder.getLocalPort())).isTrue();
    }
  }

  @Test
  void seesListenerOnAllAddresses() throws IOException {
    try (ServerSocket holder = new ServerSocket(0)) {
      assertThat(Ports.taken(holder.getLocalPort())).isTrue();
    }
  }

  @Test
  void refusesTakenPort_namingHolderAndVariable() throws IOException {
    try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      int port = holder.getLocalPort();
      assertThatThrownBy(() -> Ports.checkFree("API_PORT", port))
          .isInstanceOf(CannotStartException.class)
          .hasMessageContainingAll("Port " + port, "API_PORT");
    }
  }

  @Test
  void acceptsFreePort_andAny() {
    assertThatCode(() -> Ports.checkFree("API_PORT", Ports.chosen(0))).doesNotThrowAnyException();
    assertThatCode(() -> Ports.checkFree("API_PORT", 0)).doesNotThrowAnyException();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void knowsTheHolder() throws IOException {
    try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      assertThat(PortHolder.of(holder.getLocalPort()))
          .contains("process %d (java)".formatted(ProcessHandle.current().pid()));
    }
    assertThat(PortHolder.of(Ports.chosen(0))).isEmpty();
  }
}
