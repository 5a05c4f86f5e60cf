package io.mlp.cache;

import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorType;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The name of a question, for rows of 64 numbers. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ContentKeyBenchmark {
  @Param({"1", "64", "1024"})
  public int rows;

  private final ContentKey.Scope scope =
      ContentKey.Scope.of("0".repeat(64), List.of("0", "1", "2", "3"));
  private List<Tensor> inputs = List.of();

  /** Makes an input of that many rows. */
  @Setup
  public void makeInputs() {
    ByteBuffer data = ByteBuffer.allocate(rows * 64 * Float.BYTES);
    inputs = List.of(new Tensor("image", TensorType.FP32, TensorShape.of(rows, 64), data));
  }

  @Benchmark
  public Object key() {
    return scope.key("owner", inputs, Set.of("label"));
  }
}
