package io.mlp.worker.catalogue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Notes in memory, and what the test says of earlier deaths. */
final class FakeLoadNotes implements LoadNotes {
  final Map<Files, Suspicion> suspicions = new HashMap<>();

  /**
   * In their order: {@code begins a/1}, {@code begins a/1 alone}, {@code acquits a/1} and so on.
   */
  final List<String> written = new ArrayList<>();

  private boolean away;

  /** Whether the database can be asked. */
  void away(boolean now) {
    away = now;
  }

  private void write(String note) {
    if (away) {
      throw new IllegalStateException("the database is away");
    }
    written.add(note);
  }

  @Override
  public Map<Files, Suspicion> suspicions() {
    return suspicions;
  }

  @Override
  public void begins(Files files, boolean alone) {
    write("begins " + files.version() + (alone ? " alone" : ""));
  }

  @Override
  public void ended(Files files, boolean acquitted) {
    write((acquitted ? "acquits " : "ends ") + files.version());
  }

  @Override
  public void stops() {
    write("stops");
  }

  @Override
  public void skipped(Files files) {
    write("skips " + files.version());
  }
}
