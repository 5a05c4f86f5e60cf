package io.mlp.outage;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells in the log where an outage of a server begins and where it ends, whoever meets it, and not
 * what each of them cannot do meanwhile. There is one for each server, as all of a process share
 * its log.
 */
public final class Outage {
  public static final Outage OF_DATABASE =
      new Outage("The database", "requests get 503 and outcomes wait", System::nanoTime);
  public static final Outage OF_BROKER =
      new Outage("RabbitMQ", "jobs are accepted and wait", System::nanoTime);
  public static final Outage OF_REDIS =
      new Outage("Redis", "jobs go on without what it keeps", System::nanoTime);

  private static final Logger LOG = LoggerFactory.getLogger(Outage.class);

  /**
   * It is over when nothing has failed for so long, because beside a lock that is held, for
   * instance, much succeeds. Whoever waits for a connection or an answer is told after ten seconds
   * at most that there is none, so in an outage failures are not further apart.
   */
  private static final Duration QUIET = Duration.ofSeconds(12);

  private final String server;
  private final String meanwhile;
  private final LongSupplier nanoTime;
  private volatile boolean away;
  private long began;
  private long failed;

  public Outage(String server, String meanwhile, LongSupplier nanoTime) {
    this.server = server;
    this.meanwhile = meanwhile;
    this.nanoTime = nanoTime;
  }

  /** The server did not do what it was asked for. */
  public void failed(Throwable failure) {
    if (begins()) {
      LOG.warn(
          "{} does not answer, {} until it does: {}", server, meanwhile, cause(failure).toString());
    }
  }

  private static Throwable cause(Throwable failure) {
    return Stream.iterate(failure, each -> each != null, Throwable::getCause)
        .reduce(failure, (_, last) -> last);
  }

  private synchronized boolean begins() {
    failed = nanoTime.getAsLong();
    if (away) {
      return false;
    }
    began = failed;
    away = true;
    return true;
  }

  /** The server did something that it was asked for. */
  public void answered() {
    if (away) {
      over();
    }
  }

  private synchronized void over() {
    if (away && nanoTime.getAsLong() - failed > QUIET.toNanos()) {
      away = false;
      LOG.info(
          "{} answers again; the outage took {} s",
          server,
          Duration.ofNanos(failed - began).toSeconds());
    }
  }

  /** Whether an outage has begun and not ended. */
  public boolean away() {
    return away;
  }

  /**
   * Asks the server for something, if it was away: where nobody else does, nothing tells that it is
   * back.
   */
  public void probe(Runnable question) {
    if (!away) {
      return;
    }
    try {
      question.run();
      answered();
    } catch (RuntimeException e) {
      failed(e);
    }
  }
}
