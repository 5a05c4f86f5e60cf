package io.mlp.worker.execution;

import io.mlp.worker.Settings;
import io.mlp.worker.repository.ModelVersion;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** An execution for tests of other packages. */
public final class Executions {
  private Executions() {}

  /** Hands every ticket in at once, as if each had found and run its job. */
  public static Execution handingIn() {
    return started(HeldTicket::done);
  }

  /** Gives every ticket back at once, as it does when it stops. */
  public static Execution givingBack() {
    return started(HeldTicket::giveBack);
  }

  private static Execution started(Consumer<HeldTicket> settling) {
    Execution execution =
        new Execution(
            new Settling(settling),
            Settings.of(ExecutionSettings.class, Map.of("batches-in-flight", 1)));
    execution.start();
    return execution;
  }

  private record Settling(Consumer<HeldTicket> settling) implements Execution.Batches {
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
    public void forget(ModelVersion version) {}
  }
}
