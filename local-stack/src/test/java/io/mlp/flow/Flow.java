package io.mlp.flow;

import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/** A client that sends job after job, each as soon as the one before has ended. */
final class Flow implements AutoCloseable {
  private final List<JsonNode> ended = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();
  private final Thread thread;
  private volatile boolean open = true;

  /**
   * Starts at once.
   *
   * @param job runs one job to its end
   */
  Flow(Supplier<JsonNode> job) {
    thread = Thread.startVirtualThread(() -> run(job));
  }

  private void run(Supplier<JsonNode> job) {
    try {
      while (open) {
        add(job.get());
      }
    } catch (RuntimeException | Error e) {
      synchronized (this) {
        failures.add(e);
      }
    }
  }

  private synchronized void add(JsonNode job) {
    ended.add(job);
  }

  /** What came of the jobs, in their order; throws if one was not answered. */
  synchronized List<JsonNode> jobs() {
    if (!failures.isEmpty()) {
      throw new AssertionError("a job was not answered", failures.getFirst());
    }
    return List.copyOf(ended);
  }

  /** Returns when so many jobs more have ended. */
  void awaitMore(int jobs) {
    int wanted = jobs().size() + jobs;
    await().until(() -> jobs().size() >= wanted);
  }

  @Override
  public void close() {
    open = false;
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
