package io.mlp.benchmark.disturbance;

import io.mlp.benchmark.driver.Answer;
import io.mlp.benchmark.driver.HttpDriver;
import io.mlp.benchmark.driver.Session;
import io.mlp.benchmark.soak.Exposition;
import io.mlp.benchmark.stack.Mlp;
import io.mlp.benchmark.stack.Pace;
import io.mlp.benchmark.stack.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import tools.jackson.databind.json.JsonMapper;

/**
 * Jobs at a fixed pace that nobody waits for, and one client that waits for each of its own, on a
 * thread of their own until this is closed.
 */
public final class Load implements AutoCloseable {
  private static final int CONNECTIONS = 32;

  private final Mlp mlp;
  private final Recorder nanos = new Recorder(3);
  private final LongAdder refused = new LongAdder();
  private final Thread thread;
  private final int port;
  private volatile boolean closed;
  private volatile boolean failed;
  private double finished;
  private long since = System.nanoTime();

  /**
   * What was measured between two looks.
   *
   * @param finished jobs a second that the worker recorded
   * @param queued jobs that waited at the end
   * @param refused submissions that were not accepted
   */
  public record Sample(
      double seconds, double finished, double p50, double p99, long queued, long refused) {}

  public Load(Mlp mlp, Target many, Target one, double perSecond)
      throws IOException, InterruptedException {
    this.mlp = mlp;
    this.port = many.port();
    this.finished = finished();
    Pace pace = unlessClosed(Pace.open(perSecond, Duration.ofHours(24)));
    List<Session> sessions = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      sessions.add(new Submitting(many, pace, i * 37));
    }
    sessions.add(one.submitAndWait(unlessClosed(now -> now), nanos::recordValue));
    this.thread = Thread.ofPlatform().name("load").daemon().start(() -> drive(sessions));
  }

  private Pace unlessClosed(Pace pace) {
    return now -> closed ? Pace.NEVER : pace.next(now);
  }

  private void drive(List<Session> sessions) {
    try {
      new HttpDriver(port).run(sessions, Duration.ofMinutes(2));
    } catch (IOException | RuntimeException e) {
      failed = true;
      throw new IllegalStateException("the load ended early", e);
    }
  }

  /** Since the last look. */
  public Sample look() throws IOException, InterruptedException {
    if (failed) {
      throw new IOException("the load ended early");
    }
    Histogram latencies = nanos.getIntervalHistogram();
    double now = finished();
    double seconds = (System.nanoTime() - since) / 1e9;
    Sample sample =
        new Sample(
            seconds,
            (now - finished) / seconds,
            latencies.getValueAtPercentile(50) / 1e6,
            latencies.getValueAtPercentile(99) / 1e6,
            JsonMapper.shared().readTree(mlp.get("/v1/queues")).path("queued").asLong(),
            refused.sumThenReset());
    finished = now;
    since = System.nanoTime();
    return sample;
  }

  private double finished() throws IOException, InterruptedException {
    return new Exposition(mlp.metrics("worker")).sum("mlp_jobs_finished_total", "");
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Submits at its pace; what is refused because too much waits is counted. */
  private final class Submitting implements Session {
    private final Target target;
    private final Pace pace;
    private long due;
    private boolean pending;
    private int number;

    Submitting(Target target, Pace pace, int number) {
      this.target = target;
      this.pace = pace;
      this.number = number;
    }

    @Override
    public Step next(long now) {
      if (!pending) {
        due = pace.next(now);
      }
      if (due == Pace.NEVER || closed) {
        return new Step.Done();
      }
      pending = due > now;
      return pending ? new Step.Wait(due) : new Step.Send(target.submission(number++));
    }

    @Override
    public void answered(Answer answer, long now) {
      if (answer.status() != 202) {
        refused.increment();
      }
    }
  }
}
