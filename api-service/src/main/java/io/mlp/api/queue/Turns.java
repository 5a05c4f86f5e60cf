package io.mlp.api.queue;

import io.mlp.job.store.WaitingJobs;
import java.util.HashMap;
import java.util.Map;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Gives each job its turn in the round of owners, which is start-time fair queueing: an owner's
 * jobs of one queue and priority get rising turns, and one who has nothing waiting starts at the
 * turn that is being served. So a thousand jobs of one owner do not stand before ten of another.
 *
 * <p>The counters are this process's and are forgotten every second; a lane's next job reads from
 * {@code live} where the lane stands. Other replicas and restarts thus blur the round for a second
 * at most, and never lose a job.
 */
@Component
public class Turns {
  private record Lane(int versionId, int priority, String owner) {}

  private final WaitingJobs waiting;
  private final Map<Lane, Long> lastTurns = new HashMap<>();

  Turns(WaitingJobs waiting) {
    this.waiting = waiting;
  }

  /** The next turn of the owner's jobs at that queue and priority. */
  public long next(int versionId, int priority, String owner) {
    Lane lane = new Lane(versionId, priority, owner);
    synchronized (lastTurns) {
      Long last = lastTurns.computeIfPresent(lane, (_, turn) -> turn + 1);
      if (last != null) {
        return last;
      }
    }
    long standing = waiting.servedTurn(versionId, priority, owner);
    synchronized (lastTurns) {
      return lastTurns.merge(lane, standing + 1, (last, fresh) -> Math.max(last + 1, fresh));
    }
  }

  @Scheduled(fixedRate = 1000)
  void forget() {
    synchronized (lastTurns) {
      lastTurns.clear();
    }
  }
}
