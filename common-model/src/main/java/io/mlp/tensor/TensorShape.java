package io.mlp.tensor;

import java.util.Arrays;

/**
 * The dimensions of a tensor, the batch dimension first; in a signature, -1 stands for any size.
 */
public final class TensorShape {
  /** A dimension that a signature leaves open. */
  public static final long ANY = -1;

  /** In a signature: any number of dimensions of any size. It has none itself. */
  public static final TensorShape UNRANKED = new TensorShape(new long[0], false);

  private final long[] dimensions;
  private final boolean ranked;

  private TensorShape(long[] dimensions, boolean ranked) {
    this.dimensions = dimensions;
    this.ranked = ranked;
  }

  public static TensorShape of(long... dimensions) {
    return new TensorShape(dimensions.clone(), true);
  }

  /** Whether its number of dimensions is known: it is, of all but {@link #UNRANKED}. */
  public boolean ranked() {
    return ranked;
  }

  public int rank() {
    return dimensions.length;
  }

  public long dimension(int axis) {
    return dimensions[axis];
  }

  public long[] toArray() {
    return dimensions.clone();
  }

  /**
   * The number of elements of a tensor of this shape.
   *
   * @throws ArithmeticException if the product does not fit a long
   */
  public long elements() {
    return elementsFrom(0);
  }

  /** Whether {@link #elements()} can count them. */
  public boolean countable() {
    try {
      return elements() >= 0;
    } catch (ArithmeticException _) {
      return false;
    }
  }

  /** The size of the first dimension; a scalar is one row. */
  public long rows() {
    return rank() == 0 ? 1 : dimensions[0];
  }

  /** The number of elements below one index of the first dimension. */
  public long elementsPerRow() {
    return elementsFrom(1);
  }

  private long elementsFrom(int axis) {
    long product = 1;
    for (int i = axis; i < dimensions.length; i++) {
      product = Math.multiplyExact(product, dimensions[i]);
    }
    return product;
  }

  /** Whether a tensor of the given shape fits this one, where -1 here fits any size there. */
  public boolean accepts(TensorShape actual) {
    if (!ranked) {
      return true;
    }
    if (actual.rank() != rank()) {
      return false;
    }
    for (int i = 0; i < dimensions.length; i++) {
      if (dimensions[i] != ANY && dimensions[i] != actual.dimensions[i]) {
        return false;
      }
    }
    return true;
  }

  /** This shape with another size of its first dimension. */
  public TensorShape withRows(long rows) {
    long[] copy = dimensions.clone();
    copy[0] = rows;
    return new TensorShape(copy, true);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TensorShape shape
        && ranked == shape.ranked
        && Arrays.equals(dimensions, shape.dimensions);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dimensions);
  }

  /** As JSON writes it: {@code [1, 64]}; in words if it is unranked. */
  @Override
  public String toString() {
    return !ranked ? "of unknown rank" : Arrays.toString(dimensions);
  }
}
