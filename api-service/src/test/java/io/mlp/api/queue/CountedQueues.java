package io.mlp.api.queue;

import io.mlp.api.MutableClock;
import io.mlp.api.dispatch.Dispatching;
import io.mlp.job.store.QueueStatistics.Count;
import java.time.Duration;

/** Queues whose counts a test makes, for tests of other packages. */
public final class CountedQueues implements AutoCloseable {
  private final FakeLiveJobs live = new FakeLiveJobs();
  private final MutableClock clock = new MutableClock();
  private final Dispatching dispatching = Dispatching.withWindow(1);
  private final KnownQueues queues = new KnownQueues(live, dispatching.tickets(), clock);

  public KnownQueues queues() {
    return queues;
  }

  public Dispatching dispatching() {
    return dispatching;
  }

  /** So many jobs wait for that version, and for no other. */
  public void count(int versionId, long queued) {
    clock.advance(Duration.ofSeconds(10));
    live.are(new Count(versionId, queued, 0, false, 1));
    queues.count();
  }

  @Override
  public void close() {
    dispatching.close();
  }
}
