package io.mlp.worker.health;

import io.mlp.worker.execution.Execution;
import io.mlp.worker.intake.Intake;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Ready means: subscribed to every queue it serves, and work that waits is taken up. */
@Component
class IntakeHealthIndicator implements HealthIndicator {
  private static final long STUCK_SECONDS = 60;

  private final Intake intake;
  private final Execution execution;

  IntakeHealthIndicator(Intake intake, Execution execution) {
    this.intake = intake;
    this.execution = execution;
  }

  @Override
  public Health health() {
    boolean subscribed = intake.subscribed();
    long stalled = execution.secondsWithoutProgress();
    Health.Builder health =
        subscribed && stalled < STUCK_SECONDS ? Health.up() : Health.outOfService();
    return health
        .withDetail("subscribed", subscribed)
        .withDetail("secondsWithoutProgress", stalled)
        .build();
  }
}
