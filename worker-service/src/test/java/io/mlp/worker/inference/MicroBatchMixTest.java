package io.mlp.worker.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorSpec;
import io.mlp.tensor.TensorType;
import io.mlp.worker.inference.InferenceOutcome.Failed;
import io.mlp.worker.inference.InferenceOutcome.Succeeded;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Any mix of requests gives each what it gets alone: exactly, but for models whose arithmetic
 * depends on the number of rows.
 */
class MicroBatchMixTest {
  private static final int MIXES = 40;

  private final Random random = new Random(20261124);

  @ParameterizedTest
  @CsvSource({"digits, 1, 0", "iris, 1, 1e-6", "iris, 2, 0", "diabetes, 1, 2e-3"})
  void givesEachRequestWhatItGetsAlone(String name, int version, float tolerance)
      throws ModelRefused {
    try (OnnxModel model = TestModels.load(name, version)) {
      mixAtRandom(model, tolerance);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "identity_of_each_type",
    "any_width",
    "two_by_two",
    "table",
    "one_row_only",
    "scalar",
    "drops_rows_below_zero",
    "doubles_the_batch"
  })
  void givesEachRequestWhatItGetsAlone(String name) throws ModelRefused {
    try (OnnxModel model = TestModels.load(name)) {
      mixAtRandom(model, 0);
    }
  }

  private void mixAtRandom(OnnxModel model, float tolerance) {
    for (int mix = 0; mix < MIXES; mix++) {
      int maxBatchRows = 1 + random.nextInt(12);
      List<InferenceRequest> requests = new ArrayList<>();
      for (int i = random.nextInt(20); i >= 0; i--) {
        requests.add(request(model));
      }
      List<InferenceOutcome> together =
          MicroBatch.run(model, TestModels.batching(model, maxBatchRows), requests);
      assertThat(together).hasSameSizeAs(requests);
      for (int i = 0; i < requests.size(); i++) {
        List<InferenceRequest> one = List.of(requests.get(i));
        assertAlike(
            together.get(i),
            MicroBatch.run(model, TestModels.batching(model, maxBatchRows), one).getFirst(),
            tolerance);
      }
    }
  }

  private InferenceRequest request(OnnxModel model) {
    int rows = random.nextInt(15);
    int width = 1 + random.nextInt(2);
    List<Tensor> inputs = new ArrayList<>();
    for (TensorSpec spec : model.signature().inputs()) {
      inputs.add(tensor(spec, rows, width));
    }
    Collections.shuffle(inputs, random);
    Set<String> outputs = new HashSet<>();
    for (TensorSpec spec : model.signature().outputs()) {
      if (random.nextInt(3) == 0) {
        outputs.add(spec.name());
      }
    }
    return new InferenceRequest(inputs, outputs);
  }

  private Tensor tensor(TensorSpec spec, int rows, int width) {
    long[] dimensions = spec.shape().toArray();
    for (int i = 0; i < dimensions.length; i++) {
      dimensions[i] = dimensions[i] == TensorShape.ANY ? (i == 0 ? rows : width) : dimensions[i];
    }
    TensorShape shape = TensorShape.of(dimensions);
    ByteBuffer data = ByteBuffer.allocate(1 << 14).order(ByteOrder.LITTLE_ENDIAN);
    for (long i = shape.elements(); i > 0; i--) {
      putElement(spec.type(), data);
    }
    return new Tensor(spec.name(), spec.type(), shape, data.flip());
  }

  /** One in forty indices is beyond the table that is looked up in. */
  private void putElement(TensorType type, ByteBuffer data) {
    switch (type) {
      case BOOL -> data.put((byte) random.nextInt(2));
      case INT64 -> data.putLong(random.nextInt(40) == 0 ? 9 : random.nextInt(4));
      case FP32 -> data.putFloat(random.nextFloat(-0.5f, 16));
      case BYTES -> {
        byte[] text = new byte[random.nextInt(4)];
        Arrays.fill(text, (byte) ('a' + random.nextInt(26)));
        data.putInt(text.length).put(text);
      }
      default -> {
        for (int i = 0; i < type.bytes(); i++) {
          data.put((byte) random.nextInt());
        }
      }
    }
  }

  private static void assertAlike(
      InferenceOutcome actual, InferenceOutcome expected, float tolerance) {
    if (expected instanceof Failed) {
      assertThat(actual).isEqualTo(expected);
      return;
    }
    List<Tensor> outputs = ((Succeeded) actual).outputs();
    List<Tensor> wanted = ((Succeeded) expected).outputs();
    if (tolerance == 0) {
      assertThat(outputs).isEqualTo(wanted);
      return;
    }
    assertThat(outputs).hasSameSizeAs(wanted);
    for (int i = 0; i < wanted.size(); i++) {
      assertNear(outputs.get(i), wanted.get(i), tolerance);
    }
  }

  private static void assertNear(Tensor actual, Tensor expected, float tolerance) {
    if (expected.type() != TensorType.FP32) {
      assertThat(actual).isEqualTo(expected);
      return;
    }
    assertThat(actual.named("")).hasToString(expected.named("").toString());
    assertThat(TestTensors.floats(actual))
        .containsExactly(TestTensors.floats(expected), within(tolerance));
  }
}
