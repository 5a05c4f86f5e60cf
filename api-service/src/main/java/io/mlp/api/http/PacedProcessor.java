package io.mlp.api.http;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.util.Optional;
import java.util.Set;
import org.apache.coyote.Adapter;
import org.apache.coyote.Constants;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/** Serves one connection at a time, while {@link ConnectionWatch} looks on from another thread. */
final class PacedProcessor extends Http11Processor {
  /** That of the request which a thread serves. */
  static final ScopedValue<PacedProcessor> CURRENT = ScopedValue.newInstance();

  /** What a client is waited for; its name is a metric's label. */
  enum Stage {
    HEADERS,
    ANSWER,
    /** The rest of a body that nobody wanted: read, so that the client reads its answer. */
    UNREAD_BODY
  }

  private final Set<PacedProcessor> busy;
  private final Object waitLock = new Object();
  private @Nullable Runnable hungUp;

  // Of the thread that watches: the stage that it saw last, and of which request.
  private Optional<Stage> seen = Optional.empty();
  private long seenOf;
  private long seenAt;
  private long seenBytes;
  private ClientLimits.@Nullable Credit credit;

  PacedProcessor(PacedProtocol protocol, Adapter adapter, Set<PacedProcessor> busy) {
    super(protocol, adapter);
    this.busy = busy;
  }

  /** Stays known while a part of a request is there and the rest is not: Tomcat's state LONG. */
  @Override
  public SocketState process(SocketWrapperBase<?> socket, SocketEvent event) throws IOException {
    busy.add(this);
    SocketState state = SocketState.CLOSED;
    try {
      state = ScopedValue.where(CURRENT, this).call(() -> super.process(socket, event));
      return state;
    } finally {
      if (state != SocketState.LONG) {
        busy.remove(this);
      }
    }
  }

  /**
   * Ends the connection if its client is too slow.
   *
   * @return in which stage it was ended; empty if it goes on
   */
  Optional<Stage> endIfTooSlow(ClientLimits limits, long now) {
    SocketWrapperBase<?> socket = getSocketWrapper();
    if (socket == null) {
      busy.remove(this);
      return Optional.empty();
    }
    // Read once: the request may be over, and the next one begun, by the time of the next line.
    long began = request.getStartTimeNanos();
    Optional<Stage> stage = began < 0 ? Optional.empty() : stage();
    if (stage.isEmpty()
        || !tooSlow(stage.get(), began, limits, now)
        || began != request.getStartTimeNanos()) {
      seen = stage;
      return Optional.empty();
    }
    if (stage.get() == Stage.ANSWER) {
      forgetUnsent(socket);
    }
    socket.close();
    busy.remove(this);
    return stage;
  }

  /** Else the system would keep megabytes for a client that does not read them. */
  private static void forgetUnsent(SocketWrapperBase<?> socket) {
    try {
      if (socket.getSocket() instanceof NioChannel channel) {
        channel.getIOChannel().setOption(StandardSocketOptions.SO_LINGER, 0);
      }
    } catch (IOException _) {
      // It has ended by itself.
    }
  }

  private boolean tooSlow(Stage stage, long request, ClientLimits limits, long now) {
    long bytes = stage == Stage.ANSWER ? response.getContentWritten() : 0;
    if (credit == null || request != seenOf || !seen.equals(Optional.of(stage))) {
      credit = limits.credit();
      seenOf = request;
      seenAt = stage == Stage.HEADERS ? request : now;
      seenBytes = bytes;
    }
    boolean exhausted = credit.exhausted(now - seenAt, bytes - seenBytes);
    seenAt = now;
    seenBytes = bytes;
    return exhausted;
  }

  private Optional<Stage> stage() {
    return switch (request.getRequestProcessor().getStage()) {
      // Tomcat has ended for now, and waits for more of the headers.
      case Constants.STAGE_PARSE, Constants.STAGE_ENDED -> Optional.of(Stage.HEADERS);
      case Constants.STAGE_SERVICE ->
          response.isCommitted() ? Optional.of(Stage.ANSWER) : Optional.empty();
      case Constants.STAGE_ENDINPUT -> Optional.of(Stage.UNREAD_BODY);
      case Constants.STAGE_ENDOUTPUT -> Optional.of(Stage.ANSWER);
      default -> Optional.empty();
    };
  }

  /** Has it told when the client hangs up; null ends that. */
  void onHangUp(@Nullable Runnable told) {
    synchronized (waitLock) {
      hungUp = told;
    }
  }

  /**
   * Reads what the client may have sent ahead, into the buffer from which the next request is read,
   * if its thread waits for something else meanwhile; that is how Tomcat learns of an end.
   *
   * @return whether the client has hung up, and who waits was told
   */
  boolean tellIfHungUp() {
    synchronized (waitLock) {
      SocketWrapperBase<?> socket = getSocketWrapper();
      if (hungUp == null || socket == null || !ended(socket)) {
        return false;
      }
      hungUp.run();
      hungUp = null;
      return true;
    }
  }

  private static boolean ended(SocketWrapperBase<?> socket) {
    try {
      socket.isReadyForRead();
      return false;
    } catch (IOException _) {
      return true;
    }
  }
}
