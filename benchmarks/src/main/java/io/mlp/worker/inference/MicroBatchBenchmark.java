package io.mlp.worker.inference;

import io.mlp.model.Batching;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorCodec;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
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
import org.openjdk.jmh.annotations.TearDown;

/** Requests of one row each, put together, run on digits and taken apart again. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class MicroBatchBenchmark {
  @Param({"1", "16", "64"})
  public int requests;

  @SuppressWarnings("NullAway.Init") // by load()
  private OnnxModel model;

  private List<InferenceRequest> batch = List.of();
  private List<Tensor> joined = List.of();
  private List<Tensor> answer = List.of();
  private byte[] stored = {};

  /** Loads the model from the checkout's folder. */
  @Setup
  public void load() throws ModelRefused, InferenceFailed {
    model = OnnxModel.load(Path.of("models/digits/1/model.onnx"), 1);
    Tensor image = images(ByteBuffer.allocate(64 * Float.BYTES), 1);
    batch = Collections.nCopies(requests, new InferenceRequest(List.of(image), Set.of()));
    joined = List.of(images(ByteBuffer.allocateDirect(requests * 64 * Float.BYTES), requests));
    answer = model.run(List.of(image), Set.of());
    stored = TensorCodec.encode(List.of(image));
  }

  private static Tensor images(ByteBuffer memory, int rows) {
    return new Tensor(
        "image", TensorType.FP32, TensorShape.of(rows, 64), memory.order(ByteOrder.LITTLE_ENDIAN));
  }

  /** Frees its memory. */
  @TearDown
  public void close() {
    model.close();
  }

  @Benchmark
  public Object batch() {
    return MicroBatch.run(model, Batching.declared(64), batch);
  }

  /** What is left if the rows need not be put together and taken apart. */
  @Benchmark
  public Object joined() throws InferenceFailed {
    return model.run(joined, Set.of());
  }

  @Benchmark
  public Object decodeInputs() {
    return TensorCodec.decode(stored);
  }

  @Benchmark
  public Object encodeOutputs() {
    return TensorCodec.encode(answer);
  }
}
