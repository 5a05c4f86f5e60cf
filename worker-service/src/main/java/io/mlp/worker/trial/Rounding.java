package io.mlp.worker.trial;

import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorType;
import java.nio.ByteBuffer;

/**
 * How far an answer may differ between runs of different numbers of rows. Libraries of linear
 * algebra sum in another order then, which rounds otherwise. Relative to the greatest magnitude in
 * that output: 1e-4 for FP32, 1e-9 for FP64, 1e-2 for FP16; integers, booleans, texts and shapes
 * are the same.
 */
final class Rounding {
  private Rounding() {}

  /** What is compared with {@link #same}: the greatest finite magnitude of an output. */
  static double magnitude(Tensor output) {
    double greatest = 0;
    if (output.type().kind() == TensorType.Kind.FLOATING) {
      ByteBuffer data = output.data();
      while (data.hasRemaining()) {
        double value = Math.abs(next(data, output.type()));
        greatest = Double.isFinite(value) ? Math.max(greatest, value) : greatest;
      }
    }
    return greatest;
  }

  /** Whether two answers are the same but for rounding. */
  static boolean same(Tensor one, Tensor other, double magnitude) {
    if (!one.shape().equals(other.shape()) || one.type() != other.type()) {
      return false;
    }
    if (one.type().kind() != TensorType.Kind.FLOATING) {
      return one.data().equals(other.data());
    }
    double most = magnitude * tolerance(one.type());
    ByteBuffer left = one.data();
    ByteBuffer right = other.data();
    while (left.hasRemaining()) {
      if (!near(next(left, one.type()), next(right, one.type()), most)) {
        return false;
      }
    }
    return true;
  }

  private static boolean near(double one, double other, double most) {
    return Double.compare(one, other) == 0 || Math.abs(one - other) <= most;
  }

  private static double tolerance(TensorType type) {
    return switch (type) {
      case FP16 -> 1e-2;
      case FP32 -> 1e-4;
      default -> 1e-9;
    };
  }

  private static double next(ByteBuffer data, TensorType type) {
    return switch (type) {
      case FP16 -> Float.float16ToFloat(data.getShort());
      case FP32 -> data.getFloat();
      default -> data.getDouble();
    };
  }
}
