package io.mlp.benchmark.driver;

import io.mlp.benchmark.driver.Session.Step;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Drives a server on loopback over kept connections, one request at a time on each, all from the
 * calling thread. Written for this, for {@code java.net.http} costs more CPU a request than the api
 * that it would drive; what this one costs stands in the report.
 */
public final class HttpDriver {
  private final InetSocketAddress server;

  public HttpDriver(int port) {
    this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /**
   * Runs every session on a connection of its own until all are done.
   *
   * @throws IOException if the server closes a connection, or does not answer within the time
   */
  public void run(List<? extends Session> sessions, Duration silence) throws IOException {
    try (Selector selector = Selector.open()) {
      List<Connection> connections = new ArrayList<>();
      try {
        for (Session session : sessions) {
          connections.add(new Connection(session, server, selector));
        }
        new Loop(selector, connections, silence).run();
      } finally {
        for (Connection connection : connections) {
          connection.close();
        }
      }
    }
  }

  private static final class Loop {
    private static final long BLINK_NANOS = 100_000;

    private final Selector selector;
    private final long silenceNanos;
    private final PriorityQueue<Connection> asleep =
        new PriorityQueue<>(Comparator.comparingLong(Connection::wakesAt));
    private int active;
    private long lastAnswer = System.nanoTime();

    Loop(Selector selector, List<Connection> connections, Duration silence) throws IOException {
      this.selector = selector;
      this.silenceNanos = silence.toNanos();
      this.active = connections.size();
      for (Connection connection : connections) {
        step(connection, System.nanoTime());
      }
    }

    void run() throws IOException {
      while (active > 0) {
        select();
        long now = System.nanoTime();
        if (now - lastAnswer > silenceNanos) {
          throw new IOException("no answer for " + silenceNanos / 1_000_000_000 + " s");
        }
        for (SelectionKey key : selector.selectedKeys()) {
          Connection connection = (Connection) key.attachment();
          if (connection.read(now)) {
            lastAnswer = now;
            step(connection, now);
          }
        }
        selector.selectedKeys().clear();
        while (!asleep.isEmpty() && asleep.peek().wakesAt() <= now) {
          lastAnswer = now;
          step(asleep.remove(), now);
        }
      }
    }

    private void select() throws IOException {
      if (asleep.isEmpty()) {
        selector.select(1000);
        return;
      }
      long nanos = asleep.peek().wakesAt() - System.nanoTime();
      if (nanos < 1_000_000) {
        // A selector waits for whole milliseconds only; to spin would take a processor from others.
        LockSupport.parkNanos(Math.min(nanos, BLINK_NANOS));
        selector.selectNow();
      } else {
        selector.select(Math.min(nanos / 1_000_000, 1000));
      }
    }

    private void step(Connection connection, long now) throws IOException {
      switch (connection.session().next(now)) {
        case Step.Send(byte[] request) -> connection.send(request);
        case Step.Wait(long until) -> {
          connection.sleep(until);
          asleep.add(connection);
        }
        case Step.Done() -> active--;
      }
    }
  }
}
