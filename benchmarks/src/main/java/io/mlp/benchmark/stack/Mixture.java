package io.mlp.benchmark.stack;

import io.mlp.benchmark.driver.Session;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/** Several kinds of jobs for the same stack, in turn. */
public final class Mixture implements Target {
  private final List<Target> targets;
  private int sessions;

  public Mixture(List<Target> targets) {
    this.targets = List.copyOf(targets);
  }

  @Override
  public String name() {
    return targets.getFirst().name();
  }

  @Override
  public int port() {
    return targets.getFirst().port();
  }

  @Override
  public byte[] submission(int number) {
    return targets.get(number % targets.size()).submission(number / targets.size());
  }

  /** Each conversation is about one kind. */
  @Override
  public Session submitAndWait(Pace pace, LongConsumer latencies) {
    return targets.get(sessions++ % targets.size()).submitAndWait(pace, latencies);
  }

  @Override
  public long unrecorded() {
    return targets.stream().mapToLong(Target::unrecorded).sum();
  }

  @Override
  public Map<String, Long> processes() {
    return targets.getFirst().processes();
  }
}
