package io.mlp.worker.repository;

import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorType;
import org.jspecify.annotations.Nullable;

/** An output that gives each row a score of each class: FP32 or FP64, of rows by classes. */
record Scores(Tensor tensor) {

  /**
   * The score, or null if it is not finite, for JSON has no such number, or if there are too few
   * rows.
   */
  @Nullable Double finite(int row, int index) {
    double score = row < tensor.rows() ? score(row, index) : Double.NaN;
    return Double.isFinite(score) ? score : null;
  }

  /** For each row the index of its greatest score, the first of equals; -1 if none is a number. */
  long[] best() {
    long[] indices = new long[Math.toIntExact(tensor.rows())];
    for (int row = 0; row < indices.length; row++) {
      indices[row] = best(row);
    }
    return indices;
  }

  private int best(int row) {
    int best = -1;
    for (int i = 0; i < tensor.shape().dimension(1); i++) {
      double score = score(row, i);
      if (!Double.isNaN(score) && (best < 0 || score > score(row, best))) {
        best = i;
      }
    }
    return best;
  }

  private double score(int row, int index) {
    int element = Math.toIntExact(row * tensor.shape().dimension(1) + index);
    return tensor.type() == TensorType.FP32
        ? tensor.data().getFloat(element * Float.BYTES)
        : tensor.data().getDouble(element * Double.BYTES);
  }
}
