package io.mlp.worker;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.context.ApplicationListener;

/** Ends a process of its own that is no longer live, so that its orchestrator starts another. */
final class WhenBroken implements ApplicationListener<AvailabilityChangeEvent<LivenessState>> {
  private static final Logger LOG = LoggerFactory.getLogger(WhenBroken.class);

  private final Runnable end;

  WhenBroken(Runnable end) {
    this.end = end;
  }

  @Override
  public void onApplicationEvent(AvailabilityChangeEvent<LivenessState> event) {
    if (event.getState() == LivenessState.BROKEN) {
      LOG.error("This process is no longer live and ends itself, to be started again");
      // Whoever noticed may be needed for an orderly stop.
      Thread.ofPlatform().name("ending").start(end);
    }
  }
}
