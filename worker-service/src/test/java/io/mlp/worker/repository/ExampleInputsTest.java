package io.mlp.worker.repository;

import static io.mlp.worker.inference.TestTensors.fp32;
import static io.mlp.worker.inference.TestTensors.fp64;
import static io.mlp.worker.inference.TestTensors.int64;
import static io.mlp.worker.inference.TestTensors.shape;
import static io.mlp.worker.inference.TestTensors.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.model.ModelSignature;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorSpec;
import io.mlp.tensor.TensorType;
import io.mlp.worker.inference.ModelRefused;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExampleInputsTest {
  private static ModelSignature signature(TensorType type, long... shape) {
    TensorSpec spec = new TensorSpec("x", type, TensorShape.of(shape));
    return new ModelSignature(List.of(spec), List.of());
  }

  private static Tensor parsed(TensorType type, String lists) throws ModelRefused {
    return ExampleInputs.parse("{\"x\":%s}".formatted(lists), signature(type, -1)).getFirst();
  }

  private static String hex(Tensor tensor) {
    byte[] bytes = new byte[tensor.byteSize()];
    tensor.data().get(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  @Test
  void takesShapeFromNestingOfLists() throws ModelRefused {
    assertThat(parsed(TensorType.FP32, "[[1, 2], [3, 4], [5, 6.5]]"))
        .isEqualTo(fp32("x", shape(3, 2), 1, 2, 3, 4, 5, 6.5f));
    assertThat(parsed(TensorType.FP64, "-0.1")).isEqualTo(fp64("x", shape(), -0.1));
    assertThat(parsed(TensorType.INT64, "[]")).isEqualTo(int64("x", shape(0)));
    assertThat(parsed(TensorType.BYTES, "[\"\", \"grün\"]"))
        .isEqualTo(texts("x", shape(2), "", "grün"));
  }

  @ParameterizedTest
  @CsvSource({
    "BOOL, true, 01",
    "UINT8, 255, ff",
    "INT8, -128, 80",
    "INT16, -2, feff",
    "UINT16, 65535, ffff",
    "INT32, -2, feffffff",
    "UINT32, 4294967295, ffffffff",
    "INT64, -9223372036854775808, 0000000000000080",
    "UINT64, 18446744073709551615, ffffffffffffffff",
    "FP16, -2, 00c0",
    "FP32, 1, 0000803f",
    "FP64, 1, 000000000000f03f"
  })
  void writesElementOfEachType(TensorType type, String element, String bytes) throws ModelRefused {
    assertThat(hex(parsed(type, element))).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "BOOL, 1",
    "UINT8, 256",
    "UINT8, -1",
    "INT8, 128",
    "INT8, -129",
    "INT64, 9223372036854775808",
    "UINT64, 18446744073709551616",
    "INT32, 1.5",
    "INT32, true",
    "FP16, 70000",
    "FP32, 1e39",
    "FP64, 1e400",
    "BYTES, 7"
  })
  void refusesElementThatTypeDoesNotHave(TensorType type, String element) {
    assertThat(reasonAgainst(signature(type, -1), "{\"x\":[[%s]]}".formatted(element)))
        .startsWith("example.x[0][0]: ")
        .endsWith(" (expected: one of %s)".formatted(type));
  }

  @Test
  void refusesListsThatMakeNoTensor() {
    ModelSignature signature = signature(TensorType.FP32, -1, 2);
    assertThat(reasonAgainst(signature, "{\"x\":[[1,2],[3]]}"))
        .isEqualTo("example.x[1]: the lists differ in length or depth");
    assertThat(reasonAgainst(signature, "{\"x\":[[1,2],3]}"))
        .isEqualTo("example.x[1]: the lists differ in length or depth");
    assertThat(reasonAgainst(signature, "{\"x\":[1,[2]]}"))
        .isEqualTo("example.x[1]: the lists differ in length or depth");
  }

  @Test
  void refusesNameThatIsNoInput() {
    assertThat(reasonAgainst(signature(TensorType.FP32, -1), "{\"y\":[1]}"))
        .isEqualTo("example.y: the model has no input of that name");
  }

  private static String reasonAgainst(ModelSignature signature, String json) {
    try {
      throw new AssertionError("parsed " + ExampleInputs.parse(json, signature));
    } catch (ModelRefused e) {
      return e.reason();
    }
  }

  @Test
  void fillsOneRowWithZeros() {
    assertThat(ExampleInputs.zeros(signature(TensorType.FP32, -1, 3, -1)))
        .containsExactly(fp32("x", shape(1, 3, 1), 0, 0, 0));
    assertThat(ExampleInputs.zeros(signature(TensorType.BYTES, -1, 2)))
        .containsExactly(texts("x", shape(1, 2), "", ""));
  }
}
