package io.mlp.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

class TensorJsonTest {
  /** The bytes of two elements, little-endian in hex, and how JSON shows them. */
  @ParameterizedTest(name = "{0} {1} is [{2}]")
  @CsvSource(
      delimiter = '|',
      value = {
        "BOOL   | 00 01                               | false,true",
        "UINT8  | 00 ff                               | 0,255",
        "INT8   | 80 7f                               | -128,127",
        "UINT16 | 0000 ffff                           | 0,65535",
        "INT16  | 0080 ff7f                           | -32768,32767",
        "UINT32 | 00000000 ffffffff                   | 0,4294967295",
        "INT32  | 00000080 ffffff7f                   | -2147483648,2147483647",
        "UINT64 | 0000000000000080 ffffffffffffffff   | 9223372036854775808,18446744073709551615",
        "INT64  | 0000000000000080 ffffffffffffff7f   | -9223372036854775808,9223372036854775807",
        "FP16   | 003c ff7b                           | 1.0,65504.0",
        "FP32   | 0000803f cdcccc3d                   | 1.0,0.1",
        "FP64   | 9a9999999999b93f 000000000000f03f   | 0.1,1.0",
      })
  void elementsAreShownAsTheirTypeReadsThem(TensorType type, String bytes, String shown) {
    byte[] data = HexFormat.of().parseHex(bytes.replace(" ", ""));
    Tensor tensor = new Tensor("x", type, TensorShape.of(2), ByteBuffer.wrap(data));

    assertThat(json(tensor))
        .isEqualTo(
            "[{\"name\":\"x\",\"shape\":[2],\"datatype\":\"%s\",\"data\":[%s]}]"
                .formatted(type, shown));
  }

  /** JSON has no number for them. */
  @ParameterizedTest
  @CsvSource({
    "FP16,007e007c00fc",
    "FP32,0000c07f0000807f000080ff",
    "FP64,000000000000f87f000000000000f07f000000000000f0ff"
  })
  void elementsThatAreNotFiniteAreTexts(TensorType type, String bytes) {
    ByteBuffer data = ByteBuffer.wrap(HexFormat.of().parseHex(bytes));

    assertThat(json(new Tensor("x", type, TensorShape.of(3), data)))
        .contains("\"data\":[\"NaN\",\"Infinity\",\"-Infinity\"]");
  }

  @Test
  void textsAreEscaped() {
    assertThat(json(Tensors.texts("w", 3, "", "\"\\\n\0", "é🙂")))
        .contains("\"data\":[\"\",\"\\\"\\\\\\n\\u0000\",\"é🙂\"]");
  }

  @Test
  void rowsAreWrittenFlat() {
    assertThat(json(Tensors.int64("n", 2, 1, 2, 3, 4)))
        .contains("\"shape\":[2,2]", "\"data\":[1,2,3,4]");
  }

  @Test
  void tensorsStandInTheirOrder() {
    assertThat(json(Tensors.int64("b", 1, 1), Tensors.int64("a", 1, 2)))
        .isEqualTo(
            "[{\"name\":\"b\",\"shape\":[1],\"datatype\":\"INT64\",\"data\":[1]},"
                + "{\"name\":\"a\",\"shape\":[1],\"datatype\":\"INT64\",\"data\":[2]}]");
  }

  private static String json(Tensor... tensors) {
    StringWriter text = new StringWriter();
    JsonFactory factory = JsonFactory.builder().build();
    try (JsonGenerator json = factory.createGenerator(ObjectWriteContext.empty(), text)) {
      TensorJson.write(json, List.of(tensors));
    }
    return text.toString();
  }
}
