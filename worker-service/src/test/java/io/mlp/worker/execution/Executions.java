package io.mlp.worker.execution;

import io.mlp.worker.Settings;
import java.util.Map;

/** An execution for tests of other packages. */
public final class Executions {
  private Executions() {}

  /** Hands every ticket in at once, as if each had found and run its job. */
  public static Execution handingIn() {
    Execution execution =
        new Execution(
            (_, tickets, _) -> tickets.forEach(HeldTicket::done),
            Settings.of(ExecutionSettings.class, Map.of("batches-in-flight", 1)));
    execution.start();
    return execution;
  }

  /** Gives every ticket back at once, as it does when it stops. */
  public static Execution givingBack() {
    Execution execution =
        new Execution(
            (_, tickets, _) -> tickets.forEach(HeldTicket::giveBack),
            Settings.of(ExecutionSettings.class, Map.of("batches-in-flight", 1)));
    execution.start();
    return execution;
  }
}
