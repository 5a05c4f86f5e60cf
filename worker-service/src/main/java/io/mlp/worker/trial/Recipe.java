package io.mlp.worker.trial;

import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorSpec;
import io.mlp.tensor.TensorType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * How rows for a model are made.
 *
 * @param shapes of one row of each input, the first dimension 1
 * @param examples for each input one that the model's description gives; empty if it gives none, or
 *     nothing but zeros
 */
record Recipe(
    List<TensorSpec> inputs, List<TensorShape> shapes, Values values, List<Example> examples) {

  /** One row: a tensor for each input. */
  record Row(List<Tensor> inputs) {
    long bytes() {
      return inputs.stream().mapToLong(Tensor::byteSize).sum();
    }
  }

  /** A row like those that jobs will have. */
  Row row(RandomGenerator random) {
    return row(Filling.RANDOM, random);
  }

  Row row(Filling filling, RandomGenerator random) {
    List<Tensor> row = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      Example example = examples.isEmpty() ? Example.NONE : examples.get(i);
      row.add(
          example.isEmpty() || changes(filling, inputs.get(i))
              ? values.row(inputs.get(i), shapes.get(i), filling, random)
              : example.alike(inputs.get(i), shapes.get(i), random));
    }
    return new Row(row);
  }

  /** Whether the filling says what an input of that type holds. */
  private boolean changes(Filling filling, TensorSpec input) {
    return switch (filling) {
      case ZEROS -> true;
      case CONSTANTS -> hasConstants();
      case RANDOM, COPY -> false;
      case GREATEST, ZEROS_AND_ONES ->
          input.type().kind() == TensorType.Kind.FLOATING
              || input.type().kind() == TensorType.Kind.INTEGER;
      case WIDE, HUGE, NAN -> input.type().kind() == TensorType.Kind.FLOATING;
      case LARGE_INTEGERS -> input.type().kind() == TensorType.Kind.INTEGER;
      case LONG_TEXTS -> input.type().kind() == TensorType.Kind.TEXT;
    };
  }

  private boolean hasConstants() {
    return !values.constants().numbers().isEmpty() || !values.constants().texts().isEmpty();
  }

  /** The fillings that change an input of this model. */
  List<Filling> fillings() {
    return List.of(Filling.values()).stream()
        .filter(filling ->
            filling == Filling.RANDOM
                || filling == Filling.COPY
                || inputs.stream().anyMatch(input -> changes(filling, input)))
        .toList();
  }

  /** The rows as the inputs of one run. */
  static List<Tensor> joined(List<Row> rows) {
    List<Tensor> joined = new ArrayList<>();
    for (int i = 0; i < rows.getFirst().inputs.size(); i++) {
      int input = i;
      List<Tensor> parts = rows.stream().map(row -> row.inputs.get(input)).toList();
      int size = parts.stream().mapToInt(Tensor::byteSize).sum();
      joined.add(Tensor.concatenate(parts, ByteBuffer.allocate(size)));
    }
    return joined;
  }
}
