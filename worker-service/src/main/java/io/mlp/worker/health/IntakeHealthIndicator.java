package io.mlp.worker.health;

import io.mlp.worker.execution.RunWatch;
import io.mlp.worker.intake.Intake;
import io.mlp.worker.schedule.BatchScheduler;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Ready means: subscribed to the queue of every model it has, and work that waits is taken up, or
 * waits for runs that may take as long as they do.
 */
@Component
class IntakeHealthIndicator implements HealthIndicator {
  private static final long STUCK_SECONDS = 60;

  private final Intake intake;
  private final BatchScheduler scheduler;
  private final RunWatch watch;

  IntakeHealthIndicator(Intake intake, BatchScheduler scheduler, RunWatch watch) {
    this.intake = intake;
    this.scheduler = scheduler;
    this.watch = watch;
  }

  @Override
  public Health health() {
    boolean subscribed = intake.subscribed();
    long stalled = watch.computing() ? 0 : scheduler.secondsWithoutProgress();
    boolean ready = subscribed && stalled < STUCK_SECONDS && !watch.stuck();
    return (ready ? Health.up() : Health.outOfService())
        .withDetail("subscribed", subscribed)
        .withDetail("refusedQueues", intake.refused())
        .withDetail("secondsWithoutProgress", stalled)
        .withDetail("stuck", watch.stuck())
        .build();
  }
}
