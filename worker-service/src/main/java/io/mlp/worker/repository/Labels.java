package io.mlp.worker.repository;

import io.mlp.job.Prediction;
import io.mlp.model.ModelSignature;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorSpec;
import io.mlp.tensor.TensorType;
import io.mlp.worker.inference.ModelRefused;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads predictions out of a model's outputs, by convention.
 *
 * @param texts of the classes, by index
 * @param labelOutput name of the output that gives a row's index
 * @param scoreOutput name of the output that gives a row's scores of all classes
 */
record Labels(List<String> texts, Optional<String> labelOutput, Optional<String> scoreOutput) {
  private static final Labels NONE = new Labels(List.of(), Optional.empty(), Optional.empty());
  private static final String LABEL = "label";

  /**
   * @throws ModelRefused if there are texts, but no output that picks one of them
   */
  static Labels of(List<String> texts, ModelSignature signature) throws ModelRefused {
    if (texts.isEmpty()) {
      return NONE;
    }
    Optional<String> label = signature.output(LABEL).filter(Labels::isIndex).map(TensorSpec::name);
    Optional<String> scores =
        signature.outputs().stream()
            .filter(spec -> isScores(spec, texts.size()))
            .map(TensorSpec::name)
            .findFirst();
    if (label.isEmpty() && scores.isEmpty()) {
      throw new ModelRefused(
          "labels: the model has neither an output %s INT64[-1] nor one of FP32 or FP64[-1, %d]"
              .formatted(LABEL, texts.size()));
    }
    return new Labels(List.copyOf(texts), label, scores);
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
    Set<String> names = new LinkedHashSet<>();
    labelOutput.ifPresent(names::add);
    scoreOutput.ifPresent(names::add);
    return names;
  }

  /**
   * One prediction a row.
   *
   * @param outputs holds at least those that {@link #outputs()} names
   * @return empty if there are no texts, an output is missing or has another shape than declared,
   *     an index has no text, or no score of a row is a number
   */
  Optional<List<Prediction>> read(List<Tensor> outputs) {
    Optional<Tensor> indices = labelOutput.flatMap(name -> named(name, outputs));
    Optional<Tensor> scores = scoreOutput.flatMap(name -> named(name, outputs));
    if (texts.isEmpty() || !complete(indices, scores)) {
      return Optional.empty();
    }
    long rows = indices.or(() -> scores).orElseThrow().rows();
    List<Prediction> predictions = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      int at = row;
      long index =
          indices.map(t -> t.data().getLong(at * Long.BYTES)).orElseGet(() -> best(scores, at));
      if (index < 0 || index >= texts.size()) {
        return Optional.empty();
      }
      predictions.add(new Prediction(texts.get((int) index), score(scores, at, (int) index)));
    }
    return Optional.of(List.copyOf(predictions));
  }

  private static Optional<Tensor> named(String name, List<Tensor> tensors) {
    return tensors.stream().filter(tensor -> tensor.name().equals(name)).findFirst();
  }

  private boolean complete(Optional<Tensor> indices, Optional<Tensor> scores) {
    boolean present =
        indices.isPresent() == labelOutput.isPresent()
            && scores.isPresent() == scoreOutput.isPresent();
    boolean shaped =
        indices.stream().allMatch(tensor -> tensor.shape().rank() == 1)
            && scores.stream().allMatch(tensor -> tensor.shape().rank() == 2)
            && scores.stream().allMatch(tensor -> tensor.shape().dimension(1) == texts.size());
    boolean alike =
        indices.isEmpty() || scores.isEmpty() || indices.get().rows() == scores.get().rows();
    return present && shaped && alike;
  }

  /** The index of the greatest score that is a number; -1 if none is. */
  private long best(Optional<Tensor> scores, int row) {
    int best = -1;
    double greatest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < texts.size(); i++) {
      double score = element(scores.orElseThrow(), row, i);
      if (score > greatest || (best < 0 && score == greatest)) {
        best = i;
        greatest = score;
      }
    }
    return best;
  }

  /** JSON has no number for what is not finite, and an analyst's average none either. */
  private @Nullable Double score(Optional<Tensor> scores, int row, int index) {
    return scores.map(t -> element(t, row, index)).filter(Double::isFinite).orElse(null);
  }

  private double element(Tensor scores, int row, int index) {
    ByteBuffer data = scores.data();
    int element = row * texts.size() + index;
    return scores.type() == TensorType.FP32
        ? data.getFloat(element * Float.BYTES)
        : data.getDouble(element * Double.BYTES);
  }
}
