package io.mlp.api.metrics;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mlp.api.MutableClock;
import io.mlp.api.Settings;
import io.mlp.api.model.ModelCatalogue;
import io.mlp.api.model.ModelSettings;
import java.util.Map;

/** Counters of jobs whose values a test reads, for tests of other packages too. */
public final class CountedJobs {
  final MutableClock clock = new MutableClock();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final JobCounters counters;

  public CountedJobs(ModelCatalogue catalogue) {
    this.counters =
        new JobCounters(meters, catalogue, Settings.of(ModelSettings.class, Map.of()), clock);
  }

  public JobCounters counters() {
    return counters;
  }

  /** The sum of the counters of that name with those tags; -1 if there is none. */
  public double count(String name, String... tags) {
    return meters.find(name).tags(tags).counters().stream()
        .mapToDouble(counter -> counter.count())
        .reduce(Double::sum)
        .orElse(-1);
  }
}
