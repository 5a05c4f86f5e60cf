package io.mlp.benchmark.driver;

/** What one connection does: it asks, is answered, and asks again until it is done. */
public interface Session {
  /** What a session does next. */
  sealed interface Step {
    /** Sends these bytes, a whole HTTP/1.1 request. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Send(byte[] request) implements Step {}

    /** Does nothing until then, by {@link System#nanoTime()}. */
    record Wait(long untilNanos) implements Step {}

    /** Has nothing more to do. */
    record Done() implements Step {}
  }

  Step next(long nowNanos);

  /** Takes the answer to what was sent last. */
  void answered(Answer answer, long nowNanos);
}
