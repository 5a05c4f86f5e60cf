package io.mlp.api.http;

/** The connection of the request that a thread serves. */
public final class ClientConnection {
  private ClientConnection() {}

  /** Ends what was begun. */
  public interface Scope extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Until it is closed, runs {@code told} within a second after the client has hung up. Tells
   * nothing where the thread serves no request.
   */
  public static Scope onHangUp(Runnable told) {
    if (!PacedProcessor.CURRENT.isBound()) {
      return () -> {};
    }
    PacedProcessor processor = PacedProcessor.CURRENT.get();
    processor.onHangUp(told);
    return () -> processor.onHangUp(null);
  }
}
