package io.mlp.local.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

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
}
