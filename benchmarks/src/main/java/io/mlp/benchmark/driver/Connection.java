package io.mlp.benchmark.driver;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/** One kept connection, and the bytes of the answer that comes in on it. */
final class Connection {
  private static final byte[] CONTENT_LENGTH = "content-length:".getBytes(US_ASCII);

  private final Session session;
  private final SocketChannel channel;
  private ByteBuffer received = ByteBuffer.allocate(16 << 10);
  private long wakesAt;

  Connection(Session session, InetSocketAddress server, Selector selector) throws IOException {
    this.session = session;
    this.channel = SocketChannel.open(server);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ, this);
  }

  Session session() {
    return session;
  }

  void sleep(long untilNanos) {
    wakesAt = untilNanos;
  }

  long wakesAt() {
    return wakesAt;
  }

  /** Requests are small and the connection is idle, so the socket takes them whole. */
  void send(byte[] request) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(request);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Reads what there is; hands the answer over, and tells so, when it is whole. */
  boolean read(long now) throws IOException {
    if (!received.hasRemaining()) {
      received =
          ByteBuffer.wrap(Arrays.copyOf(received.array(), 2 * received.capacity()))
              .position(received.position());
    }
    if (channel.read(received) < 0) {
      throw new EOFException("the server closed a connection");
    }
    int body = bodyStart();
    if (body < 0) {
      return false;
    }
    int end = body + contentLength(body);
    if (received.position() < end) {
      return false;
    }
    session.answered(new Answer(received.array(), status(), body, end), now);
    received.clear();
    return true;
  }

  private int bodyStart() {
    byte[] bytes = received.array();
    for (int i = 3; i < received.position(); i++) {
      if (bytes[i] == '\n' && bytes[i - 1] == '\r' && bytes[i - 2] == '\n') {
        return i + 1;
      }
    }
    return -1;
  }

  /** Of {@code HTTP/1.1 200 …}. */
  private int status() {
    byte[] bytes = received.array();
    return (bytes[9] - '0') * 100 + (bytes[10] - '0') * 10 + bytes[11] - '0';
  }

  private int contentLength(int headersEnd) throws IOException {
    byte[] bytes = received.array();
    for (int i = 0; i < headersEnd - 16; i++) {
      if (bytes[i] == '\n' && named(bytes, i + 1)) {
        return number(bytes, i + 1 + CONTENT_LENGTH.length);
      }
    }
    throw new IOException("an answer without Content-Length");
  }

  private static boolean named(byte[] bytes, int from) {
    for (int i = 0; i < CONTENT_LENGTH.length; i++) {
      if ((bytes[from + i] | 0x20) != (CONTENT_LENGTH[i] | 0x20)) {
        return false;
      }
    }
    return true;
  }

  private static int number(byte[] bytes, int from) {
    int number = 0;
    for (int i = from; bytes[i] != '\r'; i++) {
      if (bytes[i] != ' ') {
        number = number * 10 + bytes[i] - '0';
      }
    }
    return number;
  }

  void close() throws IOException {
    channel.close();
  }
}
