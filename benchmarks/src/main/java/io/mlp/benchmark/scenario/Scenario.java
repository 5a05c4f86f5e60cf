package io.mlp.benchmark.scenario;

import io.mlp.benchmark.driver.Answer;
import io.mlp.benchmark.driver.HttpDriver;
import io.mlp.benchmark.driver.Session;
import io.mlp.benchmark.stack.Pace;
import io.mlp.benchmark.stack.SharedServers;
import io.mlp.benchmark.stack.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** One job a request, always; what differs is who waits for what. */
public sealed interface Scenario {
  /** Longer than any request waits for its answer. */
  Duration SILENCE = Duration.ofSeconds(60);

  String name();

  Result run(Target target, SharedServers servers) throws IOException, InterruptedException;

  /** Many jobs as fast as they are accepted; measured until the last one is recorded. */
  record Bulk(int jobs, int connections) implements Scenario {
    @Override
    public String name() {
      return "bulk, " + connections + " connections";
    }

    @Override
    public Result run(Target target, SharedServers servers)
        throws IOException, InterruptedException {
      return bulk(this, target, servers, jobs, connections);
    }
  }

  /** The same for a model beside whose computing the rest is to be little. */
  record ComputeBound(int jobs, int connections) implements Scenario {
    @Override
    public String name() {
      return "bulk of a compute-bound model, " + connections + " connections";
    }

    @Override
    public Result run(Target target, SharedServers servers)
        throws IOException, InterruptedException {
      return bulk(this, target, servers, jobs, connections);
    }
  }

  /** Clients that each wait for their result before they submit the next job. */
  record Waiting(int clients, Duration time) implements Scenario {
    @Override
    public String name() {
      return clients == 1 ? "one waiting client" : clients + " waiting clients";
    }

    @Override
    public Result run(Target target, SharedServers servers) throws IOException {
      return paced(this, target, servers, Pace.closed(time), clients);
    }
  }

  /** Jobs at a fixed rate, whatever the answers take: half of what the stack did in bulk. */
  record OpenLoop(double perSecond, int connections, Duration time) implements Scenario {
    @Override
    public String name() {
      return "open loop at half of bulk's pace";
    }

    @Override
    public Result run(Target target, SharedServers servers) throws IOException {
      return paced(this, target, servers, Pace.open(perSecond, time), connections);
    }
  }

  /** One client, as long as it takes to ask for so many different jobs. */
  record EachOnce(int jobs) implements Scenario {
    @Override
    public String name() {
      return jobs + " different jobs, one after another";
    }

    @Override
    public Result run(Target target, SharedServers servers) throws IOException {
      return paced(this, target, servers, Pace.closed(jobs), 1);
    }
  }

  /** Clients that ask for nothing that was not answered before. */
  record Hits(int clients, Duration time) implements Scenario {
    @Override
    public String name() {
      return "cache hits, " + clients + " connections";
    }

    @Override
    public Result run(Target target, SharedServers servers) throws IOException {
      return paced(this, target, servers, Pace.closed(time), clients);
    }
  }

  /**
   * One waiting client, while so many other jobs wait or run.
   *
   * @param form of its name, with a place for their number
   */
  record Beside(String form, Target others, int waiting, Duration time) implements Scenario {
    @Override
    public String name() {
      return form.formatted(waiting);
    }

    @Override
    public Result run(Target target, SharedServers servers) throws IOException {
      submit(others, waiting, 32);
      return paced(this, target, servers, Pace.closed(time), 1);
    }
  }

  private static Result bulk(
      Scenario scenario, Target target, SharedServers servers, int jobs, int connections)
      throws IOException, InterruptedException {
    CpuMeter cpu = new CpuMeter(target, servers);
    long start = System.nanoTime();
    submit(target, jobs, connections);
    double accepting = secondsSince(start);
    while (target.unrecorded() > 0) {
      Thread.sleep(50);
    }
    double seconds = secondsSince(start);
    return new Result(
        scenario.name(),
        target.name(),
        jobs,
        seconds,
        jobs / accepting,
        null,
        cpu.microsAJob(jobs));
  }

  private static void submit(Target target, int jobs, int connections) throws IOException {
    Pace pace = Pace.closed(jobs);
    List<Session> sessions = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      sessions.add(new Submitting(target, pace, i * 37));
    }
    new HttpDriver(target.port()).run(sessions, SILENCE);
  }

  private static Result paced(
      Scenario scenario, Target target, SharedServers servers, Pace pace, int connections)
      throws IOException {
    Histogram nanos = new Histogram(3);
    List<Session> sessions = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      sessions.add(target.submitAndWait(pace, nanos::recordValue));
    }
    CpuMeter cpu = new CpuMeter(target, servers);
    long start = System.nanoTime();
    new HttpDriver(target.port()).run(sessions, SILENCE);
    double seconds = secondsSince(start);
    long jobs = nanos.getTotalCount();
    return new Result(
        scenario.name(),
        target.name(),
        jobs,
        seconds,
        null,
        percentiles(nanos),
        cpu.microsAJob(jobs));
  }

  private static Result.Percentiles percentiles(Histogram nanos) {
    return new Result.Percentiles(
        nanos.getValueAtPercentile(50) / 1e6,
        nanos.getValueAtPercentile(90) / 1e6,
        nanos.getValueAtPercentile(99) / 1e6,
        nanos.getValueAtPercentile(99.9) / 1e6,
        nanos.getMaxValue() / 1e6);
  }

  private static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  /** Submits and is content with the 202. */
  final class Submitting implements Session {
    private final Target target;
    private final Pace pace;
    private int number;

    Submitting(Target target, Pace pace, int number) {
      this.target = target;
      this.pace = pace;
      this.number = number;
    }

    @Override
    public Step next(long now) {
      return pace.next(now) == Pace.NEVER
          ? new Step.Done()
          : new Step.Send(target.submission(number++));
    }

    @Override
    public void answered(Answer answer, long now) {
      if (answer.status() != 202) {
        throw new IllegalStateException(answer.status() + " " + answer.text());
      }
    }
  }
}
