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
      // Whoever noticed may be needed for an orderly stop, and may be a daemon: were this one, the
      // JVM would exit with 0 as soon as the context has closed, before it says why.
      Thread.ofPlatform().name("ending").daemon(false).start(end);
    }
  }
}
