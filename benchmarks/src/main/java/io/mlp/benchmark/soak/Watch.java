package io.mlp.benchmark.soak;

import io.mlp.benchmark.stack.Mlp;
import io.mlp.benchmark.stack.SharedServers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Recorder;

/** Samples at a fixed rate, on a thread of its own. */
public final class Watch implements AutoCloseable {
  private final Duration interval;
  private final List<Map<String, Double>> samples = new ArrayList<>();
  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private final Future<?> sampling;

  /**
   * Begins.
   *
   * @param logs where a JVM writes that was started with {@link #option}
   * @param nanos takes the latencies meanwhile
   */
  public Watch(Mlp mlp, SharedServers servers, Path logs, Recorder nanos, Duration interval) {
    this.interval = interval;
    Sampler sampler = new Sampler(mlp, servers, logs, nanos);
    this.sampling =
        thread.scheduleAtFixedRate(
            () -> look(sampler), interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** What the JVM of a service needs to be watched. */
  public static String option(Path logs) {
    return CollectorLog.option(logs);
  }

  private void look(Sampler sampler) {
    try {
      Map<String, Double> sample = sampler.sample();
      samples.add(sample);
      System.out.printf(
          "  %5d s: %.0f jobs/s, p99 %.1f ms%n",
          samples.size() * interval.toSeconds(), sample.get("jobs/s"), sample.get("p99 ms"));
    } catch (IOException e) {
      throw new IllegalStateException("nothing can be sampled any more", e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * What was sampled, by name.
   *
   * @throws ExecutionException if a sample failed: no others were taken then
   */
  public List<Series> series() throws ExecutionException, InterruptedException {
    close();
    if (sampling.state() == Future.State.FAILED) {
      sampling.get();
    }
    return samples.getFirst().keySet().stream()
        .map(name ->
            new Series(
                name,
                interval,
                samples.stream().map(sample -> sample.getOrDefault(name, 0.0)).toList()))
        .toList();
  }

  @Override
  public void close() {
    thread.close();
  }
}
