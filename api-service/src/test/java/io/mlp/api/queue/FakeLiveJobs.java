package io.mlp.api.queue;

import io.mlp.job.store.QueueStatistics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Unfinished jobs, as a test says they are. */
final class FakeLiveJobs extends QueueStatistics {
  private final List<Count> counts = new ArrayList<>();
  private Runnable meanwhile = () -> {};
  private volatile boolean away;

  private final Map<String, Long> inFlight = new HashMap<>();

  FakeLiveJobs() {
    super(JdbcClient.create(new JdbcTemplate()));
  }

  void are(Count... now) {
    counts.clear();
    counts.addAll(List.of(now));
  }

  /** The owner has so many, whatever versions they are of. */
  void are(String owner, long unfinished) {
    inFlight.put(owner, unfinished);
  }

  /** What happens after the next count has seen the rows and before it answers. */
  void meanwhile(Runnable action) {
    meanwhile = action;
  }

  /** From now on the database is away, or back. */
  void away(boolean away) {
    this.away = away;
  }

  @Override
  public Counts count() {
    if (away) {
      throw new DataAccessResourceFailureException("away");
    }
    List<Count> seen = List.copyOf(counts);
    meanwhile.run();
    meanwhile = () -> {};
    return new Counts(seen, Map.copyOf(inFlight));
  }
}
