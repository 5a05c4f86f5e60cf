package io.mlp.worker.trial;

import io.mlp.model.Batching;
import io.mlp.model.ModelSignature;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorSpec;
import io.mlp.worker.inference.OnnxModel;
import io.mlp.worker.trial.TrialEnded.Meaning;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether rows may share a run of a model. Its file may rule that out; otherwise it is
 * tried, with rows like its example or, without one, with whatever rows it answers. What cannot be
 * tried is not batched.
 */
final class RowTrial {
  /** One more whenever a trial may come to another verdict than before. */
  static final int REVISION = 2;

  private static final int CLOCK_PER_PROCESSOR = 4;

  /** Sizes of open dimensions besides the rows, the likeliest first. */
  private static final int[] SIZES = {
    4, 8, 32, 64, 16, 128, 3, 2, 1, 224, 256, 320, 512, 640, 1280, 1600, 16000
  };

  private final OnnxModel model;
  private final Budget budget;
  private final TrialRuns runs;
  private final long start = System.nanoTime();
  private final long startOfProcessor = processorNanos();

  private RowTrial(OnnxModel model, Budget budget, TrialRuns runs) {
    this.model = model;
    this.budget = budget;
    this.runs = runs;
  }

  /**
   * Tries the model.
   *
   * @param maxRows that one run is to take; fewer if the budget does not allow for so many
   * @param example inputs that the model answers; none if nobody gives any
   */
  static Verdict of(
      OnnxModel model, int maxRows, List<Tensor> example, Budget budget, TrialRuns runs) {
    return withoutRunning(model)
        .orElseGet(() -> new RowTrial(model, budget, runs).verdict(maxRows, example));
  }

  /** The verdict, if the file alone tells that the model is not batched. */
  static Optional<Verdict> withoutRunning(OnnxModel model) {
    boolean repeatable = model.randomness().isEmpty();
    return model
        .signature()
        .whyNotBatched()
        .or(model::rowCoupling)
        .map(why -> new Verdict(Batching.off(why), repeatable));
  }

  private Verdict verdict(int maxRows, List<Tensor> example) {
    @Nullable TrialEnded last = null;
    for (Recipe recipe : recipes(example)) {
      if (nanosLeft() < 0) {
        break;
      }
      if (2 * bytes(recipe) > budget.bytes()) {
        continue;
      }
      try {
        Trial trial = new Trial(model, recipe, budget, runs, this::nanosLeft);
        return new Verdict(Batching.tested(Math.min(maxRows, trial.largestTried(maxRows))), true);
      } catch (TrialEnded e) {
        if (e.meaning() == Meaning.COUPLED || e.meaning() == Meaning.NOT_REPEATABLE) {
          return new Verdict(Batching.off(e.reason()), e.meaning() == Meaning.COUPLED);
        }
        last = last != null && last.meaning() == Meaning.UNPROVEN ? last : e;
      }
    }
    String why = last == null ? "its rows are too large" : last.reason();
    return Verdict.off("it could not be tried (an example may help): " + why);
  }

  private long nanosLeft() {
    long used =
        Math.max(
            processorNanos() - startOfProcessor, (System.nanoTime() - start) / CLOCK_PER_PROCESSOR);
    return budget.time().toNanos() - used;
  }

  /** Of this thread, which computes; so a verdict does not depend on what else the machine does. */
  private static long processorNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static double bytes(Recipe recipe) {
    double bytes = 0;
    for (int i = 0; i < recipe.inputs().size(); i++) {
      double elements =
          LongStream.of(recipe.shapes().get(i).toArray())
              .asDoubleStream()
              .reduce(1, (a, b) -> a * b);
      bytes += elements * Math.max(Integer.BYTES, recipe.inputs().get(i).type().bytes());
    }
    return bytes;
  }

  private List<Recipe> recipes(List<Tensor> example) {
    ModelSignature signature = model.signature();
    List<TensorSpec> inputs = signature.inputs();
    List<Recipe> recipes = new ArrayList<>();
    if (example.size() == inputs.size()) {
      List<Tensor> ordered = signature.inOrder(example);
      List<TensorShape> shapes =
          ordered.stream().map(tensor -> tensor.shape().withRows(1)).toList();
      List<Example> examples = ordered.stream().map(Example::of).toList();
      for (Values values : Values.alternatives(inputs, model.constants())) {
        recipes.add(new Recipe(inputs, shapes, values, examples));
      }
      for (Values values : Values.alternatives(inputs, model.constants())) {
        recipes.add(new Recipe(inputs, shapes, values, List.of()));
      }
      return recipes;
    }
    for (int size : inputs.stream().allMatch(RowTrial::hasOnlyRowsOpen) ? new int[1] : SIZES) {
      List<TensorShape> shapes = inputs.stream().map(spec -> shape(spec, size)).toList();
      for (Values values : Values.alternatives(inputs, model.constants())) {
        recipes.add(new Recipe(inputs, shapes, values, List.of()));
      }
    }
    return recipes;
  }

  private static boolean hasOnlyRowsOpen(TensorSpec spec) {
    return LongStream.of(spec.shape().toArray()).skip(1).noneMatch(it -> it == TensorShape.ANY);
  }

  private static TensorShape shape(TensorSpec spec, int size) {
    long[] dimensions = spec.shape().toArray();
    for (int i = 0; i < dimensions.length; i++) {
      dimensions[i] = dimensions[i] == TensorShape.ANY ? size : dimensions[i];
    }
    return TensorShape.of(dimensions).withRows(1);
  }
}
