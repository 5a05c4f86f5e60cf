package io.mlp.benchmark.scale;

import io.mlp.benchmark.scenario.Result;
import java.util.List;

/**
 * What was measured while the tables held so much.
 *
 * @param rounds the same bulk, again and again
 * @param use over all rounds, and the seconds around them
 */
public record Phase(String tables, List<Round> rounds, DatabaseUse use) {
  /**
   * A bulk.
   *
   * @param beside jobs of the backlog in the same queue that were recorded in the same time
   * @param left what is left of that
   */
  public record Round(Result bulk, long beside, long left) {
    /** All that were recorded. */
    public double jobsPerSecond() {
      return (bulk.jobs() + beside) / bulk.seconds();
    }

    /** Of a process, for each of all that were recorded. */
    public double micros(String process) {
      return bulk.cpuMicros().getOrDefault(process, 0.0) * bulk.jobs() / (bulk.jobs() + beside);
    }
  }

  public double jobsPerSecond() {
    return rounds.stream().mapToDouble(Round::jobsPerSecond).average().orElse(0);
  }

  public double micros(String process) {
    return rounds.stream().mapToDouble(round -> round.micros(process)).average().orElse(0);
  }

  /** Each job that was recorded had a row in {@code live}, which went with it. */
  public double walBytesAJob() {
    long recorded =
        use.tables().stream()
            .filter(table -> table.table().equals("live"))
            .mapToLong(TableUse::deleted)
            .sum();
    return (double) use.walBytes() / recorded;
  }
}
