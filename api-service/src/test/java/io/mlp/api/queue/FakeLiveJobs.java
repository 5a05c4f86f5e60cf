package io.mlp.api.queue;

import java.util.ArrayList;
import java.util.List;
import org.springframework.dao.DataAccessResourceFailureException;

/** Unfinished jobs, as a test says they are. */
final class FakeLiveJobs implements QueueCensus.Source {
  private final List<QueueCensus.Count> counts = new ArrayList<>();
  private Runnable meanwhile = () -> {};
  private volatile boolean away;

  void are(QueueCensus.Count... now) {
    counts.clear();
    counts.addAll(List.of(now));
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
  public List<QueueCensus.Count> count() {
    if (away) {
      throw new DataAccessResourceFailureException("away");
    }
    List<QueueCensus.Count> seen = List.copyOf(counts);
    meanwhile.run();
    meanwhile = () -> {};
    return seen;
  }
}
