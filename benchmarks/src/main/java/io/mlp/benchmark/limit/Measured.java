package io.mlp.benchmark.limit;

import io.mlp.benchmark.stack.ProcessCpu;
import java.util.List;

/** Does something for long enough to be timed, after as long a warm-up. */
final class Measured {
  private static final long NANOS = 3_000_000_000L;

  private Measured() {}

  /** Does so many at a time, and tells how many. */
  interface Work {
    long run() throws Exception;
  }

  /**
   * Times it.
   *
   * @param processes whose processor time counts beside this one's
   */
  static Limit of(String part, String each, List<Long> processes, Work work) throws Exception {
    repeat(work);
    long cpu = micros(processes);
    long start = System.nanoTime();
    long done = repeat(work);
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Limit(part, each, done / seconds, (micros(processes) - cpu) / (double) done);
  }

  private static long repeat(Work work) throws Exception {
    long end = System.nanoTime() + NANOS;
    long done = 0;
    while (System.nanoTime() < end) {
      done += work.run();
    }
    return done;
  }

  private static long micros(List<Long> processes) {
    long own = ProcessCpu.microsAlone(ProcessHandle.current().pid());
    return own + processes.stream().mapToLong(ProcessCpu::micros).sum();
  }
}
