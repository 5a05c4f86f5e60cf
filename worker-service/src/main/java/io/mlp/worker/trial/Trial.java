package io.mlp.worker.trial;

import io.mlp.job.Failure;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorSpec;
import io.mlp.worker.inference.InferenceOutcome.Failed;
import io.mlp.worker.inference.InferenceOutcome.Succeeded;
import io.mlp.worker.inference.OnnxModel;
import io.mlp.worker.trial.Recipe.Row;
import io.mlp.worker.trial.TrialEnded.Meaning;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * One trial with rows of one recipe. At a fixed number of rows, only the rows beside one are
 * changed, and its answer stays the same in every bit. Between numbers of rows, alone, in another
 * order and cut elsewhere, it stays the same but for {@link Rounding}.
 */
final class Trial {
  private static final int SEED = 20261127;
  private static final int FEWEST = 2;
  private static final int[] ODD = {7, 5, 3};

  /** How often other rows are changed once more to see an answer change with them. */
  private static final int MORE = 24;

  /** All smaller runs may take a fifth of the time that is left. */
  private static final int CUTS_SHARE = 5;

  private static final Filling[] MOVING = {Filling.RANDOM, Filling.CONSTANTS, Filling.WIDE};

  private final OnnxModel model;
  private final Recipe recipe;
  private final Budget budget;
  private final TrialRuns runs;
  private final LongSupplier nanosLeft;
  private final Random random = new Random(SEED);

  /** Outputs of which another row's answer has changed with that row. */
  private final Set<String> moved = new TreeSet<>();

  /** Why the model did not answer the last time that it did not. */
  private String refusal = "";

  private double nanosPerRow;
  private double bytesPerRow;

  /**
   * @param nanosLeft of the budget's time
   */
  Trial(OnnxModel model, Recipe recipe, Budget budget, TrialRuns runs, LongSupplier nanosLeft) {
    this.model = model;
    this.recipe = recipe;
    this.budget = budget;
    this.runs = runs;
    this.nanosLeft = nanosLeft;
  }

  /**
   * Tries two rows, an odd number, and the most.
   *
   * @param maxRows that one run is to take, if the budget allows
   * @return the most rows that were tried, at least 3
   */
  int largestTried(int maxRows) throws TrialEnded {
    at(FEWEST);
    int largest = 0;
    for (int odd : ODD) {
      if (largest == 0 && odd <= Math.max(maxRows, 3) && affordable() >= odd) {
        at(odd);
        largest = odd;
      }
    }
    if (largest == 0) {
      throw new TrialEnded(
          Meaning.UNSUITED,
          "three rows take more than the trial's %d s of the processor or %d bytes"
              .formatted(budget.time().toSeconds(), budget.bytes()));
    }
    int most = Math.min(maxRows, affordable());
    if (most > largest) {
      at(most);
      largest = most;
    }
    requireAllMoved();
    return largest;
  }

  /** Rows of a run that time and bytes are left for. */
  private int affordable() {
    double runsPerSize = recipe.fillings().size() + 11.0;
    double byTime = nanosLeft.getAsLong() / (runsPerSize * nanosPerRow);
    double byBytes = budget.bytes() / bytesPerRow;
    return (int) Math.min(Integer.MAX_VALUE, Math.min(byTime, byBytes));
  }

  private void at(int size) throws TrialEnded {
    List<Row> base = Stream.generate(() -> recipe.row(random)).limit(size).toList();
    List<Tensor> answers = required(base);
    if (!answers.equals(required(base))) {
      throw new TrialEnded(
          Meaning.NOT_REPEATABLE, "the same run of %d rows gave two answers".formatted(size));
    }
    Set<String> movedBefore = new TreeSet<>(moved);
    moved.clear();
    fixedShape(base, answers);
    if (moved.isEmpty() && dependsOnValues()) {
      throw unproven("The model");
    }
    moved.addAll(movedBefore);
    acrossShapes(base, answers);
    acrossShapesOfFewValues(size);
  }

  private boolean dependsOnValues() {
    return model.signature().outputs().stream().anyMatch(it -> model.dependsOnValues(it.name()));
  }

  private void requireAllMoved() throws TrialEnded {
    for (TensorSpec output : model.signature().outputs()) {
      if (model.dependsOnValues(output.name()) && !moved.contains(output.name())) {
        throw unproven("Output " + output.name());
      }
    }
  }

  private static TrialEnded unproven(String what) {
    return new TrialEnded(
        Meaning.UNPROVEN, what + " gave the same answer for all rows tried, which proves nothing");
  }

  private static List<Integer> places(int size) {
    return Stream.of(0, size / 2, size - 1).distinct().toList();
  }

  /** Each filling is tried beside one row of a large run, and beside each place of a small one. */
  private void fixedShape(List<Row> base, List<Tensor> answers) throws TrialEnded {
    List<Integer> places = places(base.size());
    int turn = 0;
    for (Filling filling : recipe.fillings()) {
      boolean everywhere = base.size() == FEWEST || filling == Filling.RANDOM;
      for (int place : everywhere ? places : List.of(places.get(turn++ % places.size()))) {
        changeOthers(base, answers, place, filling);
      }
    }
    for (int i = 0; i < MORE && !allMoved(); i++) {
      changeOthers(base, answers, places.getLast(), MOVING[i % MOVING.length]);
    }
  }

  private boolean allMoved() {
    return model.signature().outputs().stream()
        .map(TensorSpec::name)
        .allMatch(output -> moved.contains(output) || !model.dependsOnValues(output));
  }

  private void changeOthers(List<Row> base, List<Tensor> answers, int place, Filling filling)
      throws TrialEnded {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < base.size(); i++) {
      boolean kept = i == place || filling == Filling.COPY;
      rows.add(kept ? base.get(place) : recipe.row(filling, random));
    }
    Optional<List<Tensor>> answered = answers(rows);
    if (answered.isEmpty() && filling == Filling.RANDOM) {
      throw new TrialEnded(Meaning.UNSUITED, refusal);
    }
    if (answered.isEmpty()) {
      return;
    }
    List<Tensor> changed = answered.get();
    for (int output = 0; output < answers.size(); output++) {
      compareOthers(answers.get(output), changed.get(output), place, filling);
    }
  }

  private void compareOthers(Tensor before, Tensor after, int place, Filling filling)
      throws TrialEnded {
    long rows = before.rows();
    requireRows(after, rows);
    for (int row = 0; row < rows; row++) {
      boolean same = row(before, row).equals(row(after, row));
      if (row == place && !same) {
        throw new TrialEnded(
            Meaning.COUPLED,
            "row %d of %d got another answer (output %s) when the other rows held %s"
                .formatted(place + 1, rows, before.name(), filling.words()));
      }
      if (!same) {
        moved.add(before.name());
      }
    }
  }

  private static Tensor row(Tensor output, long row) {
    return output.slice(row, row + 1);
  }

  private void acrossShapes(List<Row> base, List<Tensor> answers) throws TrialEnded {
    for (int place : places(base.size())) {
      compare(answers, place, base.subList(place, place + 1), "alone");
    }
    List<Tensor> reversed = required(base.reversed());
    for (int i = 0; i < base.size(); i++) {
      compare(answers, i, reversed, base.size() - 1 - i, "in another order");
    }
    for (int cut : cuts(base.size())) {
      compare(answers, 0, base.subList(0, cut), "in a run of %d rows".formatted(cut));
    }
    int half = base.size() / 2;
    compare(answers, half, base.subList(half, base.size()), "when the run is cut elsewhere");
  }

  /** A model may make a rounding a thousand times larger where many values are the same. */
  private void acrossShapesOfFewValues(int size) throws TrialEnded {
    if (!recipe.fillings().contains(Filling.ZEROS_AND_ONES)) {
      return;
    }
    List<Row> rows =
        Stream.generate(() -> recipe.row(Filling.ZEROS_AND_ONES, random)).limit(size).toList();
    Optional<List<Tensor>> answers = answers(rows);
    if (answers.isPresent()) {
      for (int place : places(size)) {
        compare(answers.get(), place, rows.subList(place, place + 1), "alone");
      }
      compare(answers.get(), 0, rows.subList(0, size - 1), "in a run of one row less");
    }
  }

  /** Every smaller number of rows or, where that takes too long, some. */
  private List<Integer> cuts(int size) {
    double nanosForAll = nanosPerRow * size * (size / 2.0);
    int step =
        (int) Math.clamp(Math.ceil(nanosForAll * CUTS_SHARE / nanosLeft.getAsLong()), 1, size);
    List<Integer> cuts = new ArrayList<>();
    for (int cut = 1; cut < size; cut += step) {
      cuts.add(cut);
    }
    return cuts;
  }

  /** Whether rows get the answers that they had among all, in a run of their own. */
  private void compare(List<Tensor> answers, int from, List<Row> rows, String when)
      throws TrialEnded {
    List<Tensor> others = required(rows);
    for (int i = 0; i < rows.size(); i++) {
      compare(answers, from + i, others, i, when);
    }
  }

  private static void compare(
      List<Tensor> answers, int place, List<Tensor> others, int otherPlace, String when)
      throws TrialEnded {
    for (int output = 0; output < answers.size(); output++) {
      Tensor answer = answers.get(output);
      if (!Rounding.same(
          row(answer, place), row(others.get(output), otherPlace), Rounding.magnitude(answer))) {
        throw new TrialEnded(
            Meaning.COUPLED,
            "row %d of %d gets another answer (output %s) %s"
                .formatted(place + 1, answer.rows(), answer.name(), when));
      }
    }
  }

  private List<Tensor> required(List<Row> rows) throws TrialEnded {
    Optional<List<Tensor>> answers = answers(rows);
    if (answers.isEmpty()) {
      throw new TrialEnded(Meaning.UNSUITED, refusal);
    }
    return answers.get();
  }

  /** What the model answers; empty if it does not. */
  private Optional<List<Tensor>> answers(List<Row> rows) throws TrialEnded {
    if (nanosLeft.getAsLong() < 0) {
      throw new TrialEnded(
          Meaning.UNSUITED,
          "the trial takes more than its %d s of the processor"
              .formatted(budget.time().toSeconds()));
    }
    long before = nanosLeft.getAsLong();
    return switch (runs.run(Recipe.joined(rows))) {
      case Failed(Failure failure) -> {
        refusal = failure.detail();
        yield Optional.empty();
      }
      case Succeeded(List<Tensor> outputs, _, _) -> {
        nanosPerRow = Math.max(1, before - nanosLeft.getAsLong()) / (double) rows.size();
        long bytes = outputs.stream().mapToLong(Tensor::byteSize).sum();
        bytesPerRow = rows.getFirst().bytes() + bytes / (double) rows.size();
        for (Tensor output : outputs) {
          requireRows(output, rows.size());
        }
        yield Optional.of(outputs);
      }
    };
  }

  private static void requireRows(Tensor answer, long rows) throws TrialEnded {
    if (!answer.hasRows(rows)) {
      throw new TrialEnded(
          Meaning.COUPLED,
          "output %s has the shape %s for %d rows".formatted(answer.name(), answer.shape(), rows));
    }
  }
}
