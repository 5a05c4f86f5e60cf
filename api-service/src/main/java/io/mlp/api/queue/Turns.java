package io.mlp.api.queue;

import java.util.HashMap;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
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
  /** How far back an owner's last turn is looked for in a long queue. */
  private static final int LOOK_BACK = 10_000;

  private static final String STANDING =
      """
      select
        coalesce((
          select turn from live where model_version_id = :version and priority = :priority
          order by turn limit 1), 0) as serving,
        coalesce((
          select max(turn) from (
            select turn, owner from live where model_version_id = :version and priority = :priority
            order by turn desc limit :lookBack) tail
          where owner = :owner), 0) as last
      """;

  private record Lane(int versionId, int priority, String owner) {}

  private final JdbcClient jdbc;
  private final Map<Lane, Long> lastTurns = new HashMap<>();

  Turns(JdbcClient jdbc) {
    this.jdbc = jdbc;
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
    long standing = standing(lane);
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

  /** The turn that the lane has reached: its own last, or the one being served if that is later. */
  private long standing(Lane lane) {
    return jdbc.sql(STANDING)
        .param("version", lane.versionId)
        .param("priority", lane.priority)
        .param("owner", lane.owner)
        .param("lookBack", LOOK_BACK)
        .query((row, _) -> Math.max(row.getLong("serving"), row.getLong("last")))
        .single();
  }
}
