package io.mlp.flow;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Stands between a client and a server of a test, who then lose each other at its word. */
final class CuttableProxy implements AutoCloseable {
  private enum State {
    OPEN,
    /** Connections end at once, as if the server were dead. */
    CUT,
    /** Connections stay and nothing comes through, as if the server were frozen. */
    FROZEN
  }

  private final ServerSocket listener;
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition thawed = lock.newCondition();
  private volatile State state = State.OPEN;

  /** Connections through which nothing comes any more, though they stay open. */
  private final Set<Socket> forgotten = ConcurrentHashMap.newKeySet();

  private volatile @Nullable Watch watch;

  /** What is to be done before a text is let through to the server. */
  private record Watch(String text, Runnable action) {}

  private CuttableProxy(ServerSocket listener, int target) {
    this.listener = listener;
    this.target = target;
  }

  /** To a server on loopback. */
  static CuttableProxy to(int port) {
    try {
      ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      CuttableProxy proxy = new CuttableProxy(listener, port);
      Thread.ofVirtual().start(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  void cut() {
    become(State.CUT);
    sockets.forEach(CuttableProxy::close);
  }

  void freeze() {
    become(State.FROZEN);
  }

  /** What is connected now is half open from then on; new connections are as any other. */
  void forget() {
    forgotten.addAll(sockets);
  }

  /** Does something when a client sends that text, once and before the server gets it. */
  void when(String text, Runnable action) {
    watch = new Watch(text, action);
  }

  void restore() {
    become(State.OPEN);
  }

  private void become(State next) {
    lock.lock();
    try {
      state = next;
      thawed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        if (state == State.CUT) {
          close(client);
          continue;
        }
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        sockets.add(client);
        sockets.add(server);
        Thread.ofVirtual().start(() -> pipe(client, server, this::look));
        Thread.ofVirtual().start(() -> pipe(server, client, _ -> {}));
      } catch (IOException _) {
        // Closed, or the server is not there: the client sees its connection end.
      }
    }
  }

  private void look(String sent) {
    Watch now = watch;
    if (now != null && sent.toUpperCase(Locale.ROOT).contains(now.text)) {
      watch = null;
      now.action.run();
    }
  }

  private void pipe(Socket from, Socket to, Consumer<String> watching) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[8192];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        watching.accept(new String(buffer, 0, read, ISO_8859_1));
        awaitThaw();
        if (!forgotten.contains(from)) {
          out.write(buffer, 0, read);
          out.flush();
        }
      }
    } catch (IOException _) {
      // One side has gone; so does the other.
    } finally {
      sockets.remove(from);
      sockets.remove(to);
      forgotten.remove(from);
    }
  }

  private void awaitThaw() {
    lock.lock();
    try {
      while (state == State.FROZEN) {
        thawed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    restore();
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    sockets.forEach(CuttableProxy::close);
  }
}
