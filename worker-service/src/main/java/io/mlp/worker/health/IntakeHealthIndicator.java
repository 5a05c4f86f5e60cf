package io.mlp.worker.health;

import io.mlp.worker.execution.Execution;
import io.mlp.worker.execution.RunWatch;
import io.mlp.worker.intake.Intake;
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
  private final Execution execution;
  private final RunWatch watch;

  IntakeHealthIndicator(Intake intake, Execution execution, RunWatch watch) {
    this.intake = intake;
    this.execution = execution;
    this.watch = watch;
  }

  @Override
  public Health health() {
    boolean subscribed = intake.subscribed();
    long stalled = watch.computing() ? 0 : execution.secondsWithoutProgress();
    boolean ready = subscribed && stalled < STUCK_SECONDS && !watch.stuck();
    return (ready ? Health.up() : Health.outOfService())
        .withDetail("subscribed", subscribed)
        .withDetail("refusedQueues", intake.refused())
        .withDetail("secondsWithoutProgress", stalled)
        .withDetail("stuck", watch.stuck())
        .build();
  }
}
