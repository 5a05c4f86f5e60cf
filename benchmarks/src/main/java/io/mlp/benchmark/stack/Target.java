package io.mlp.benchmark.stack;

import io.mlp.benchmark.driver.Session;
import java.util.Map;
import java.util.function.LongConsumer;

/** A stack under test, asked for jobs of one kind. */
public interface Target {
  String name();

  int port();

  /** A whole HTTP request that submits one job and asks for nothing more. */
  byte[] submission(int number);

  /**
   * A conversation that submits one job at each call of {@code next} that is free to, and goes on
   * until its result is there.
   *
   * @param pace says when the next job is to be submitted
   * @param latencies takes the nanoseconds from a job's time to its result
   */
  Session submitAndWait(Pace pace, LongConsumer latencies);

  /** Jobs that were accepted and whose result is not recorded in PostgreSQL yet. */
  long unrecorded();

  /** Process ids by name, the shared servers' not included. */
  Map<String, Long> processes();
}
