package io.mlp.worker.result;

import io.mlp.job.Job;
import io.mlp.worker.Settings;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Remembers what was announced, without a Redis. */
public final class FakeAnnouncer extends FinishedJobAnnouncer {
  private final List<Job> announced = new ArrayList<>();
  private final List<NewAnswer> kept = new ArrayList<>();

  public FakeAnnouncer() {
    super(new StringRedisTemplate(), Settings.of(ResultSettings.class), Clock.systemUTC());
  }

  @Override
  public void announce(List<Job> jobs, List<NewAnswer> answers) {
    announced.addAll(jobs);
    kept.addAll(answers);
  }

  public List<NewAnswer> kept() {
    return kept;
  }

  public List<Job> announced() {
    return announced;
  }
}
