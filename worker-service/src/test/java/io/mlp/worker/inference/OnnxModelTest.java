package io.mlp.worker.inference;

import static io.mlp.worker.Eventually.eventually;
import static io.mlp.worker.inference.TestTensors.floats;
import static io.mlp.worker.inference.TestTensors.fp32;
import static io.mlp.worker.inference.TestTensors.fp64;
import static io.mlp.worker.inference.TestTensors.int64;
import static io.mlp.worker.inference.TestTensors.raw;
import static io.mlp.worker.inference.TestTensors.shape;
import static io.mlp.worker.inference.TestTensors.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import io.mlp.model.ModelSignature;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorSpec;
import io.mlp.tensor.TensorType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxModelTest {
  private static final Set<String> ALL = Set.of();

  private static Failure failureOf(OnnxModel model, Tensor... inputs) {
    return failureOf(model, ALL, inputs);
  }

  private static Failure failureOf(OnnxModel model, Set<String> outputs, Tensor... inputs) {
    try {
      throw new AssertionError("answered " + model.run(List.of(inputs), outputs));
    } catch (InferenceFailed e) {
      return e.failure();
    }
  }

  private static Failure invalidInput(String detail) {
    return new Failure(FailureKind.INVALID_INPUT, detail);
  }

  @Test
  void readsSignatureFromFile() throws ModelRefused {
    try (OnnxModel digits = TestModels.load("digits", 1)) {
      assertThat(digits.signature())
          .isEqualTo(
              new ModelSignature(
                  List.of(new TensorSpec("image", TensorType.FP32, TensorShape.of(-1, 64))),
                  List.of(
                      new TensorSpec("label", TensorType.INT64, TensorShape.of(-1)),
                      new TensorSpec("probabilities", TensorType.FP32, TensorShape.of(-1, 10)))));
    }
  }

  @Test
  void passesEveryInputTypeUnchanged() throws Exception {
    long[] rows = shape(1, 2);
    List<Tensor> inputs =
        List.of(
            raw("in_BOOL", TensorType.BOOL, rows, 0, 1),
            raw("in_UINT8", TensorType.UINT8, rows, 0x80, 0xff),
            raw("in_INT8", TensorType.INT8, rows, 0x80, 0x7f),
            raw("in_INT16", TensorType.INT16, rows, 0x00, 0x80, 0xff, 0x7f),
            raw("in_INT32", TensorType.INT32, rows, 1, 2, 3, 0x80, 4, 5, 6, 7),
            int64("in_INT64", rows, Long.MIN_VALUE, Long.MAX_VALUE),
            raw("in_FP16", TensorType.FP16, rows, 0x01, 0x3c, 0x00, 0x7c),
            fp32("in_FP32", rows, Float.NaN, Float.NEGATIVE_INFINITY),
            fp64("in_FP64", rows, Double.MIN_VALUE, Double.NaN),
            texts("in_BYTES", rows, "", "grün €"),
            raw("in_UINT16", TensorType.UINT16, rows, 0x00, 0x80, 0xff, 0xff),
            raw("in_UINT32", TensorType.UINT32, rows, 1, 2, 3, 0x80, -1, -1, -1, -1),
            unsigned("in_UINT64", rows, Long.MIN_VALUE, -1));
    try (OnnxModel model = TestModels.load("identity_of_each_type")) {
      assertThat(model.run(inputs, ALL))
          .isEqualTo(
              inputs.stream().map(in -> in.named(in.name().replace("in_", "out_"))).toList());
    }
  }

  private static Tensor unsigned(String name, long[] shape, long... elements) {
    ByteBuffer bits = int64(name, shape, elements).data();
    return new Tensor(name, TensorType.UINT64, TensorShape.of(shape), bits);
  }

  @Test
  void givesEveryTypeAsOutput() throws Exception {
    try (OnnxModel model = TestModels.load("cast_to_each_type")) {
      assertThat(model.run(List.of(int64("x", shape(1), -2)), ALL))
          .containsExactly(
              raw("BOOL", TensorType.BOOL, shape(1), 1),
              raw("UINT8", TensorType.UINT8, shape(1), 0xfe),
              raw("INT8", TensorType.INT8, shape(1), 0xfe),
              raw("INT16", TensorType.INT16, shape(1), 0xfe, 0xff),
              raw("INT32", TensorType.INT32, shape(1), 0xfe, 0xff, 0xff, 0xff),
              int64("INT64", shape(1), -2),
              raw("FP16", TensorType.FP16, shape(1), 0x00, 0xc0),
              fp32("FP32", shape(1), -2),
              fp64("FP64", shape(1), -2),
              texts("BYTES", shape(1), "-2"),
              raw("UINT16", TensorType.UINT16, shape(1), 0xfe, 0xff),
              raw("UINT32", TensorType.UINT32, shape(1), 0xfe, 0xff, 0xff, 0xff),
              raw("UINT64", TensorType.UINT64, shape(1), 0xfe, -1, -1, -1, -1, -1, -1, -1));
    }
  }

  @Test
  void givesOnlyOutputsAskedFor_inOrderOfSignature() throws Exception {
    Tensor a = fp32("a", shape(1, 2), 5, 7);
    Tensor b = fp32("b", shape(1, 2), 1, 2);
    Tensor sum = fp32("sum", shape(1, 2), 6, 9);
    Tensor difference = fp32("difference", shape(1, 2), 4, 5);
    try (OnnxModel model = TestModels.load("two_by_two")) {
      assertThat(model.run(List.of(a, b), Set.of("difference"))).containsExactly(difference);
      assertThat(model.run(List.of(b, a), Set.of("difference", "sum")))
          .containsExactly(sum, difference);
      assertThat(model.run(List.of(a, b), ALL)).containsExactly(sum, difference);
    }
  }

  @Test
  void runsScalars() throws Exception {
    try (OnnxModel model = TestModels.load("scalar")) {
      assertThat(model.run(List.of(fp32("x", shape(), 3)), ALL))
          .containsExactly(fp32("y", shape(), -3));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 8})
  void runsAnyRankWhereTheFileTellsNone(int rank) throws Exception {
    long[] ones = new long[rank];
    Arrays.fill(ones, 1);
    try (OnnxModel model = TestModels.load("any_rank")) {
      assertThat(model.signature().inputs())
          .containsExactly(new TensorSpec("x", TensorType.FP32, TensorShape.UNRANKED));
      assertThat(model.run(List.of(fp32("x", shape(ones), 3)), ALL))
          .containsExactly(fp32("y", shape(ones), -3));
    }
  }

  /** ONNX Runtime's Java API has no name for it, so nobody can give another value. */
  @Test
  void leavesDefaultsAsTheyAre() throws Exception {
    try (OnnxModel model = TestModels.load("adds_its_default")) {
      assertThat(model.signature().inputs()).extracting(TensorSpec::name).containsExactly("x");
      assertThat(model.run(List.of(fp32("x", shape(2), 1, 2)), ALL))
          .containsExactly(fp32("y", shape(2), 6, 7));
    }
  }

  @Test
  void runsModelWithoutInputs() throws Exception {
    try (OnnxModel model = TestModels.load("constant")) {
      assertThat(model.run(List.of(), ALL)).containsExactly(fp32("y", shape(3), 1, 2, 3));
    }
  }

  @Test
  void refusesInputsThatDoNotFitTheSignature() throws Exception {
    Tensor a = fp32("a", shape(1, 2), 5, 7);
    Tensor b = fp32("b", shape(1, 2), 1, 2);
    try (OnnxModel model = TestModels.load("two_by_two")) {
      assertThat(failureOf(model, a)).isEqualTo(invalidInput("input b: missing"));
      assertThat(failureOf(model, a, b, a)).isEqualTo(invalidInput("input a: given twice"));
      assertThat(failureOf(model, a, b.named("c")))
          .isEqualTo(invalidInput("input c: the model has none of that name"));
      assertThat(failureOf(model, a, int64("b", shape(1, 2), 1, 2)))
          .isEqualTo(invalidInput("input b: type INT64 (expected: FP32)"));
      assertThat(failureOf(model, a, fp32("b", shape(2, 1), 1, 2)))
          .isEqualTo(invalidInput("input b: shape [2, 1] (expected: [-1, 2])"));
      assertThat(failureOf(model, Set.of("product"), a, b))
          .isEqualTo(invalidInput("output product: the model has none of that name"));
    }
  }

  @Test
  void blamesInput_whenModelRefusesItsValues() throws Exception {
    try (OnnxModel model = TestModels.load("table")) {
      assertThat(failureOf(model, int64("x", shape(1), 9)))
          .isEqualTo(
              invalidInput(
                  "Gather: indices element out of data bounds, idx=9 must be within the inclusive"
                      + " range [-4,3]"));
    }
  }

  /** One that arrived so would compare unequal to the same text inside the model. */
  @Test
  void refusesTextsThatWouldArriveCut() throws Exception {
    try (OnnxModel model = TestModels.load("identity_of_each_type")) {
      assertThat(RequestCheck.refusal(model.signature(), List.of(pair("nul\0", "")), ALL))
          .contains(
              invalidInput(
                  "input in_BYTES: element 0 has the character U+0000, which ends a text for ONNX"
                      + " Runtime"));
    }
  }

  @Test
  void refusesTextsWhoseBytesDoNotFitTheShape() throws Exception {
    try (OnnxModel model = TestModels.load("identity_of_each_type")) {
      assertThat(refusalOfBytes(model, 1, 0, 0, 0, 'a'))
          .contains(invalidInput("input in_BYTES: holds fewer than 2 elements"));
      assertThat(refusalOfBytes(model, 1, 0, 0, 0, 'a', 9, 0, 0, 0, 'b'))
          .contains(invalidInput("input in_BYTES: holds fewer than 2 elements"));
      assertThat(refusalOfBytes(model, 0, 0, 0, 0, -1, -1, -1, -1))
          .contains(invalidInput("input in_BYTES: holds fewer than 2 elements"));
      assertThat(refusalOfBytes(model, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
          .contains(invalidInput("input in_BYTES: holds more than 2 elements"));
      assertThat(refusalOfBytes(model, 1, 0, 0, 0, 0xff, 0, 0, 0, 0))
          .contains(invalidInput("input in_BYTES: element 0 is not UTF-8"));
      Tensor vast = raw("in_BYTES", TensorType.BYTES, shape(1L << 40, 2));
      assertThat(RequestCheck.refusal(model.signature(), List.of(vast), ALL))
          .contains(invalidInput("input in_BYTES: holds fewer than 2199023255552 elements"));
    }
  }

  private static Tensor pair(String first, String second) {
    return texts("in_BYTES", shape(1, 2), first, second);
  }

  private static Optional<Failure> refusalOfBytes(OnnxModel model, int... bytes) {
    Tensor input = raw("in_BYTES", TensorType.BYTES, shape(1, 2), bytes);
    return RequestCheck.refusal(model.signature(), List.of(input), ALL);
  }

  @Test
  void answersEachThreadItsOwn_whenManyRunAtOnce() throws Exception {
    try (OnnxModel model = TestModels.load("any_width");
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Callable<Boolean>> runs = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        float element = i;
        runs.add(() -> {
          Tensor x = fp32("x", shape(1, 3), element, element, element);
          return Arrays.equals(
              floats(model.run(List.of(x), ALL).getFirst()),
              new float[] {-element, -element, -element});
        });
      }
      for (Future<Boolean> run : threads.invokeAll(runs)) {
        assertThat(run.get()).isTrue();
      }
    }
  }

  /** ONNX Runtime looks between two nodes, so this is soon. */
  @Test
  void endsARun_whenAnotherThreadSaysSo() throws Exception {
    Failure tooSlow = new Failure(FailureKind.TIMEOUT, "too slow");
    try (OnnxModel model = TestModels.load("loops");
        InferenceRun run = InferenceRun.of(List.of(0));
        ExecutorService threads = Executors.newFixedThreadPool(1)) {
      Future<?> ended =
          threads.submit(() -> model.run(List.of(minutes()), ALL, run, OutputGate.OPEN));
      run.fail(tooSlow);
      assertThatThrownBy(ended::get).hasCauseInstanceOf(InferenceFailed.class);
      assertThat(run.failure()).contains(tooSlow);
    }
  }

  /** Of texts: each behind its length, four bytes. */
  @Test
  void asksBeforeItCopiesOutputs_andTellsTheirBytes() throws Exception {
    Tensor numbers = TestTensors.int64("x", new long[] {3}, 1, 23, -4);
    assertThat(bytesOf(numbers, "INT64")).isEqualTo(3 * 8);
    assertThat(bytesOf(numbers, "INT8")).isEqualTo(3);
    assertThat(bytesOf(numbers, "BYTES")).isEqualTo(3 * 4 + 5);
    assertThat(bytesOf(numbers, "INT8", "BYTES")).isEqualTo(3 + 3 * 4 + 5);
  }

  private static long bytesOf(Tensor input, String... outputs) throws Exception {
    AtomicLong asked = new AtomicLong();
    Failure closed = new Failure(FailureKind.OUTPUT_TOO_LARGE, "closed");
    OutputGate gate =
        bytes -> {
          asked.set(bytes);
          throw new InferenceFailed(closed);
        };
    try (OnnxModel model = TestModels.load("cast_to_each_type");
        InferenceRun run = InferenceRun.of(List.of(0))) {
      assertThatThrownBy(() -> model.run(List.of(input), Set.of(outputs), run, gate))
          .isInstanceOfSatisfying(
              InferenceFailed.class, e -> assertThat(e.failure()).isEqualTo(closed));
    }
    return asked.get();
  }

  /** Were it waited for, a run that never ends would keep the process from ending. */
  @Test
  void isClosedWithoutWaitingForARun() throws Exception {
    OnnxModel model = TestModels.load("loops");
    try (InferenceRun run = InferenceRun.of(List.of(0));
        ExecutorService threads = Executors.newFixedThreadPool(1)) {
      Future<?> ended =
          threads.submit(() -> model.run(List.of(minutes()), ALL, run, OutputGate.OPEN));
      eventually().until(model::inUse);
      model.close();
      assertThat(ended.isDone()).isFalse();
      run.abandon();
      assertThatThrownBy(ended::get).hasCauseInstanceOf(RunAbandoned.class);
    }
  }

  private static Tensor minutes() {
    return int64("x", shape(1), 1_000_000_000);
  }

  @Test
  void letsRunsEnd_whenClosedDuringThem() throws Exception {
    OnnxModel model = TestModels.load("digits", 1);
    Tensor image = fp32("image", shape(64, 64), new float[64 * 64]);
    CountDownLatch running = new CountDownLatch(2);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Callable<Failure> runUntilClosed =
          () -> {
            try {
              while (true) {
                model.run(List.of(image), ALL);
                running.countDown();
              }
            } catch (InferenceFailed e) {
              return e.failure();
            }
          };
      Future<Failure> first = threads.submit(runUntilClosed);
      Future<Failure> second = threads.submit(runUntilClosed);
      running.await();
      model.close();
      Failure unloaded =
          new Failure(FailureKind.MODEL_UNAVAILABLE, "the model version was unloaded");
      assertThat(first.get()).isEqualTo(unloaded);
      assertThat(second.get()).isEqualTo(unloaded);
    }
  }

  @Test
  void mayBeClosedTwice() throws ModelRefused {
    OnnxModel model = TestModels.load("scalar");
    model.close();
    model.close();
    assertThat(failureOf(model, fp32("x", shape(), 3)).kind())
        .isEqualTo(FailureKind.MODEL_UNAVAILABLE);
  }
}
