package io.mlp.worker.trial;

import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorSpec;
import io.mlp.tensor.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The elements of an input that a model's description gives as an example: others like them suit
 * the model, too.
 *
 * @param numbers if they are floating-point numbers, in order
 * @param elements the stored forms of all others
 */
record Example(List<Double> numbers, List<ByteBuffer> elements) {
  static final Example NONE = new Example(List.of(), List.of());

  /** Of nothing but zeros, as of a shape alone, there is nothing to learn. */
  static Example of(Tensor tensor) {
    Example example =
        switch (tensor.type().kind()) {
          case FLOATING -> new Example(numbers(tensor), List.of());
          case TEXT -> new Example(List.of(), texts(tensor));
          case INTEGER, BOOLEAN -> new Example(List.of(), fixed(tensor));
        };
    return example.onlyZeros() ? NONE : example;
  }

  boolean isEmpty() {
    return numbers.isEmpty() && elements.isEmpty();
  }

  private boolean onlyZeros() {
    return numbers.stream().allMatch(number -> number == 0)
        && elements.stream().allMatch(Example::zero);
  }

  private static boolean zero(ByteBuffer element) {
    ByteBuffer rest = element.duplicate();
    while (rest.hasRemaining()) {
      if (rest.get() != 0) {
        return false;
      }
    }
    return true;
  }

  private static List<Double> numbers(Tensor tensor) {
    List<Double> numbers = new ArrayList<>();
    ByteBuffer data = tensor.data();
    while (data.hasRemaining()) {
      numbers.add(
          switch (tensor.type()) {
            case FP16 -> (double) Float.float16ToFloat(data.getShort());
            case FP32 -> (double) data.getFloat();
            default -> data.getDouble();
          });
    }
    return numbers;
  }

  private static List<ByteBuffer> fixed(Tensor tensor) {
    Set<ByteBuffer> elements = new HashSet<>();
    ByteBuffer data = tensor.data();
    for (int at = 0; at < data.limit(); at += tensor.type().bytes()) {
      elements.add(data.slice(at, tensor.type().bytes()));
    }
    return sorted(elements);
  }

  private static List<ByteBuffer> texts(Tensor tensor) {
    Set<ByteBuffer> elements = new HashSet<>();
    ByteBuffer data = tensor.data();
    while (data.hasRemaining()) {
      int start = data.position();
      int length = data.getInt();
      data.position(data.position() + length);
      elements.add(data.slice(start, Integer.BYTES + length));
    }
    return sorted(elements);
  }

  /** So that each trial of a file makes the same rows. */
  private static List<ByteBuffer> sorted(Set<ByteBuffer> elements) {
    return elements.stream().sorted().toList();
  }

  /**
   * A row of that shape: each number up to twice that of the example at its place, each other
   * element one of the example's.
   */
  Tensor alike(TensorSpec spec, TensorShape shape, RandomGenerator random) {
    long count = shape.elements();
    if (spec.type() == TensorType.BYTES) {
      return new Tensor(spec.name(), spec.type(), shape, chosen(count, random));
    }
    if (!elements.isEmpty()) {
      return new Tensor(spec.name(), spec.type(), shape, chosen(count, random));
    }
    ByteBuffer data =
        ByteBuffer.allocate(Math.toIntExact(count * spec.type().bytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    int row = random.nextInt(Math.max(1, (int) (numbers.size() / Math.max(1, count))));
    for (int i = 0; i < count; i++) {
      double number = numbers.get((int) ((row * count + i) % numbers.size()));
      Values.put(data, spec.type(), number * random.nextDouble(0, 2));
    }
    return new Tensor(spec.name(), spec.type(), shape, data.flip());
  }

  private ByteBuffer chosen(long count, RandomGenerator random) {
    List<ByteBuffer> chosen = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      chosen.add(elements.get(random.nextInt(elements.size())).duplicate());
    }
    ByteBuffer data = ByteBuffer.allocate(chosen.stream().mapToInt(ByteBuffer::remaining).sum());
    chosen.forEach(data::put);
    return data.flip();
  }
}
