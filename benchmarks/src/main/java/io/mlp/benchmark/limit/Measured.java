package io.mlp.benchmark.limit;

import io.mlp.benchmark.stack.ProcessCpu;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Does something for long enough to be timed, after as long a warm-up. */
final class Measured {
  private static final long NANOS = 3_000_000_000L;

  private Measured() {}

  /** Does so many at a time, and tells how many. */
  interface Work {
    long run() throws Exception;
  }

  /** What was done by one thread or by several. */
  private record Done(long count, double perSecond) {
    Done plus(Done other) {
      return new Done(count + other.count, perSecond + other.perSecond);
    }
  }

  /**
   * Times it on one thread.
   *
   * @param processes whose processor time counts beside this one's
   */
  static Limit of(String part, String each, List<Long> processes, Work work) throws Exception {
    return sideBySide(1, part, each, processes, work);
  }

  /** Times it on so many threads, each doing the same for itself. */
  static Limit sideBySide(int threads, String part, String each, List<Long> processes, Work work)
      throws Exception {
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Callable<Done>> works = Collections.nCopies(threads, () -> repeat(work));
      executor.invokeAll(works);
      long cpu = micros(processes);
      Done done = new Done(0, 0);
      for (Future<Done> its : executor.invokeAll(works)) {
        done = done.plus(its.get());
      }
      return new Limit(part, each, done.perSecond, (micros(processes) - cpu) / (double) done.count);
    }
  }

  private static Done repeat(Work work) throws Exception {
    long start = System.nanoTime();
    long done = 0;
    while (System.nanoTime() - start < NANOS) {
      done += work.run();
    }
    return new Done(done, done / ((System.nanoTime() - start) / 1e9));
  }

  private static long micros(List<Long> processes) {
    long own = ProcessCpu.microsAlone(ProcessHandle.current().pid());
    return own + processes.stream().mapToLong(ProcessCpu::micros).sum();
  }
}
