package io.mlp.api.problem;

import java.util.ArrayList;
import java.util.List;

/** What is wrong with one request: the first few things, however many there are. */
public final class Violations {
  private static final int MOST = 20;

  private final List<Violation> first = new ArrayList<>();

  public void add(Violation violation) {
    if (first.size() < MOST) {
      first.add(violation);
    }
  }

  public boolean isEmpty() {
    return first.isEmpty();
  }

  public List<Violation> first() {
    return first;
  }
}
