package io.mlp.local.servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Loopback ports: which are free, and a free one. */
public final class Ports {
  private Ports() {}

  /** The port itself, or for 0 one that was free a moment ago. */
  public static int chosen(int port) {
    return port == 0 ? free() : port;
  }

  /** Whether somebody listens on this port of the loopback address, or of all addresses. */
  public static boolean taken(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      bind(socket, port);
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /**
   * Refuses a port that somebody holds; 0, for any, is never held.
   *
   * @throws CannotStartException naming the port, its holder and the variable that changes it
   */
  public static void checkFree(String variable, int port) {
    if (port != 0 && taken(port)) {
      throw CannotStartException.because(
          "Port %d is taken by %s: end that one, or set %s to a free port."
              .formatted(port, PortHolder.of(port).orElse("another process"), variable));
    }
  }

  private static int free() {
    try (ServerSocket socket = new ServerSocket()) {
      bind(socket, 0);
      return socket.getLocalPort();
    } catch (IOException e) {
      throw CannotStartException.because("No port is free on 127.0.0.1: " + e.getMessage(), e);
    }
  }

  private static void bind(ServerSocket socket, int port) throws IOException {
    // A connection of the last run in TIME_WAIT is no holder of the port.
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 1);
  }
}
