package io.mlp.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorSpec;
import io.mlp.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SignatureJsonTest {
  /** The catalogue's columns hold it, and a worker of one release writes for the api of another. */
  @Test
  void isAListOfNamesDatatypesAndShapes() {
    List<TensorSpec> specs =
        List.of(
            new TensorSpec("image", TensorType.FP32, TensorShape.of(-1, 64)),
            new TensorSpec("once \"only\"", TensorType.BYTES, TensorShape.of()),
            new TensorSpec("any", TensorType.BOOL, TensorShape.UNRANKED));
    String json =
        "[{\"name\":\"image\",\"datatype\":\"FP32\",\"shape\":[-1,64]},"
            + "{\"name\":\"once \\\"only\\\"\",\"datatype\":\"BYTES\",\"shape\":[]},"
            + "{\"name\":\"any\",\"datatype\":\"BOOL\",\"shape\":null}]";

    assertThat(SignatureJson.write(specs)).isEqualTo(json);
    assertThat(SignatureJson.read(json)).isEqualTo(specs);
  }

  @Test
  void bringsEveryTypeBack() {
    List<TensorSpec> specs =
        Arrays.stream(TensorType.values())
            .map(type -> new TensorSpec("x" + type, type, TensorShape.of(1L << 40, -1)))
            .toList();

    assertThat(SignatureJson.read(SignatureJson.write(specs))).isEqualTo(specs);
  }

  @Test
  void bringsNoTensorsBack() {
    assertThat(SignatureJson.read(SignatureJson.write(List.of()))).isEmpty();
  }

  /** As PostgreSQL's jsonb gives it back: in an order and with spaces of its own. */
  @Test
  void readsJsonbsOwnOrder() {
    assertThat(SignatureJson.read("[{\"name\": \"n\", \"shape\": [-1], \"datatype\": \"INT64\"}]"))
        .containsExactly(new TensorSpec("n", TensorType.INT64, TensorShape.of(-1)));
  }
}
