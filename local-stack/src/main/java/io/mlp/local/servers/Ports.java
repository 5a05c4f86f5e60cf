package io.mlp.local.servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** Loopback ports: which are free, and a free one. */
public final class Ports {
  private static final Set<Integer> HANDED_OUT = ConcurrentHashMap.newKeySet();

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

  /**
   * Below the range that operating systems take for outgoing connections and for port 0, so that
   * nothing else takes it before its server does; and never the same twice.
   */
  private static int free() {
    for (int tries = 0; tries < 1000; tries++) {
      int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
      if (HANDED_OUT.add(port) && !taken(port)) {
        return port;
      }
    }
    throw CannotStartException.because("No port from 20000 to 32000 is free on 127.0.0.1.");
  }

  private static void bind(ServerSocket socket, int port) throws IOException {
    // A connection of the last run in TIME_WAIT is no holder of the port.
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 1);
  }
}
