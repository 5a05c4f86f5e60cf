package io.mlp.api.dispatch;

import io.mlp.job.store.WaitingJobs;
import java.util.HashMap;
import java.util.Map;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Gives each job of a backlog its sequence, which is start-time fair queueing: an owner's jobs of
 * one backlog and priority get rising sequences, and one who has nothing waiting starts at the
 * virtual time. So a thousand jobs of one owner do not stand before ten of another.
 *
 * <p>The counters are this process's and are forgotten every second; the next job of a flow then
 * reads from PostgreSQL how far it has come. Other replicas and restarts thus blur the order for a
 * second at most, and never lose a job.
 */
@Component
public class FairQueue {
  private record Flow(int versionId, int priority, String owner) {}

  private final WaitingJobs waiting;
  private final Map<Flow, Long> last = new HashMap<>();

  FairQueue(WaitingJobs waiting) {
    this.waiting = waiting;
  }

  /** The next sequence of the owner's jobs in that backlog and priority. */
  public long next(int versionId, int priority, String owner) {
    Flow flow = new Flow(versionId, priority, owner);
    synchronized (last) {
      Long next = last.computeIfPresent(flow, (_, sequence) -> sequence + 1);
      if (next != null) {
        return next;
      }
    }
    long reached = waiting.fairSequence(versionId, priority, owner);
    synchronized (last) {
      return last.merge(flow, reached + 1, (mine, fresh) -> Math.max(mine + 1, fresh));
    }
  }

  @Scheduled(fixedRate = 1000)
  void forget() {
    synchronized (last) {
      last.clear();
    }
  }
}
