package io.mlp.worker.repository;

import io.mlp.job.Prediction;
import io.mlp.model.ModelSignature;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorSpec;
import io.mlp.tensor.TensorType;
import io.mlp.worker.inference.ModelRefused;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Reads predictions out of a model's outputs, by the convention that {@link
 * LoadedModel#predictions} tells.
 *
 * @param texts of the classes, by index
 * @param classes the numbers that the model gives its classes, by index; empty if a class's number
 *     is its index
 * @param label the output that gives the number of a row's class
 * @param scores the output that gives a row's scores
 */
record Labels(
    List<String> texts,
    List<Long> classes,
    Optional<TensorSpec> label,
    Optional<TensorSpec> scores) {
  private static final String LABEL = "label";

  /**
   * Most rows that predictions are made of: they are words for people, and each takes many times
   * the bytes of the numbers that it stands for.
   */
  private static final int MOST_ROWS = 10_000;

  /**
   * @param classes the numbers that the file gives its classes; empty if it does not say
   * @throws ModelRefused if there are texts, but no output that picks one of them, or not one for
   *     each class
   */
  static Labels of(List<String> texts, List<Long> classes, ModelSignature signature)
      throws ModelRefused {
    Optional<TensorSpec> label = signature.output(LABEL).filter(Labels::isIndex);
    Optional<TensorSpec> scores =
        signature.outputs().stream().filter(spec -> isScores(spec, texts.size())).findFirst();
    if (texts.isEmpty()) {
      return new Labels(texts, List.of(), Optional.empty(), Optional.empty());
    }
    if (label.isEmpty() && scores.isEmpty()) {
      throw new ModelRefused(
          "labels: no output picks one of them (expected: label INT64 [-1], or any FP32 or FP64 [-1, %d])"
              .formatted(texts.size()));
    }
    if (label.isEmpty() || classes.isEmpty() || arePlaces(classes, texts.size())) {
      return new Labels(texts, List.of(), label, scores);
    }
    if (classes.size() != texts.size()) {
      throw new ModelRefused(
          "labels: there are %d (expected: one for each of the classes %s of the file, in this order)"
              .formatted(texts.size(), shown(classes)));
    }
    return new Labels(texts, List.copyOf(classes), label, scores);
  }

  /** Whether each class's number is the place of a text, and of its score if there are as many. */
  private static boolean arePlaces(List<Long> classes, int texts) {
    List<Long> places = LongStream.range(0, texts).boxed().toList();
    return classes.size() == texts ? classes.equals(places) : places.containsAll(classes);
  }

  private static String shown(List<Long> classes) {
    return classes.size() <= 20
        ? classes.toString()
        : classes.subList(0, 20) + " and " + (classes.size() - 20) + " more";
  }

  private static boolean isIndex(TensorSpec spec) {
    return spec.type() == TensorType.INT64 && spec.shape().rank() == 1;
  }

  private static boolean isScores(TensorSpec spec, int classes) {
    return (spec.type() == TensorType.FP32 || spec.type() == TensorType.FP64)
        && spec.shape().rank() == 2
        && spec.shape().dimension(1) == classes;
  }

  Set<String> outputs() {
    return Stream.of(label, scores)
        .flatMap(Optional::stream)
        .map(TensorSpec::name)
        .collect(Collectors.toUnmodifiableSet());
  }

  Optional<List<Prediction>> read(List<Tensor> outputs) {
    Optional<Scores> given = scores.flatMap(spec -> find(spec, outputs)).map(Scores::new);
    Optional<long[]> indices =
        label.isPresent() ? find(label.get(), outputs).map(this::indices) : given.map(Scores::best);
    if (indices.isEmpty() || given.isPresent() != scores.isPresent()) {
      return Optional.empty();
    }
    return indices.get().length > MOST_ROWS ? Optional.empty() : predictions(indices.get(), given);
  }

  private static Optional<Tensor> find(TensorSpec spec, List<Tensor> outputs) {
    return outputs.stream()
        .filter(output -> output.name().equals(spec.name()))
        .filter(output -> spec.shape().accepts(output.shape()))
        .findFirst();
  }

  private long[] indices(Tensor label) {
    long[] indices = new long[Math.toIntExact(label.rows())];
    label.data().asLongBuffer().get(indices);
    if (!classes.isEmpty()) {
      Arrays.setAll(indices, row -> classes.indexOf(indices[row]));
    }
    return indices;
  }

  private Optional<List<Prediction>> predictions(long[] indices, Optional<Scores> given) {
    List<Prediction> predictions = new ArrayList<>(indices.length);
    for (int row = 0; row < indices.length; row++) {
      if (indices[row] < 0 || indices[row] >= texts.size()) {
        return Optional.empty();
      }
      int index = (int) indices[row];
      Double score = given.isPresent() ? given.get().finite(row, index) : null;
      predictions.add(new Prediction(texts.get(index), score));
    }
    return Optional.of(predictions);
  }
}
