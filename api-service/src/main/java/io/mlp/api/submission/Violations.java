package io.mlp.api.submission;

import io.mlp.api.problem.Violation;
import java.util.ArrayList;
import java.util.List;

/** What is wrong with one request: the first few things, however many there are. */
final class Violations {
  private static final int MOST = 20;

  private final List<Violation> first = new ArrayList<>();

  void add(Violation violation) {
    if (first.size() < MOST) {
      first.add(violation);
    }
  }

  boolean isEmpty() {
    return first.isEmpty();
  }

  List<Violation> first() {
    return first;
  }
}
