package io.mlp.worker.schedule;

import io.mlp.worker.Settings;
import io.mlp.worker.repository.ModelVersion;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** An execution for tests of other packages. */
public final class BatchSchedulers {
  private BatchSchedulers() {}

  /** Hands every ticket in at once, as if each had found and run its job. */
  public static BatchScheduler handingIn() {
    return started(HeldTicket::done);
  }

  /** Gives every ticket back at once, as it does when it stops. */
  public static BatchScheduler givingBack() {
    return started(HeldTicket::giveBack);
  }

  private static BatchScheduler started(Consumer<HeldTicket> settling) {
    BatchScheduler scheduler =
        new BatchScheduler(
            new Settling(settling),
            new InputBudget(1 << 30),
            Settings.of(ExecutionSettings.class, Map.of("batches-in-flight", 1)));
    scheduler.start();
    return scheduler;
  }

  private record Settling(Consumer<HeldTicket> settling) implements BatchScheduler.Batches {
    @Override
    public void run(ModelQueue queue, List<HeldTicket> tickets, BooleanSupplier working) {
      tickets.forEach(settling);
    }

    @Override
    public void endRuns() {}

    @Override
    public boolean stuck(Thread thread) {
      return false;
    }

    @Override
    public void giveBackHeld() {}

    @Override
    public void expect(ModelVersion version) {}

    @Override
    public void forget(ModelVersion version) {}
  }
}
