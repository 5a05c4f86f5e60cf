package io.mlp.chaos;

import io.mlp.local.Checkout;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorType;
import io.mlp.worker.inference.InferenceFailed;
import io.mlp.worker.inference.ModelRefused;
import io.mlp.worker.inference.OnnxModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The rows of {@code dataset/}, and what ONNX Runtime says of each without MLP. */
record Rows(List<Row> rows) {

  /**
   * One row.
   *
   * @param job the body of a job for it
   * @param expected all outputs of the model for it alone
   */
  record Row(String job, List<Tensor> expected) {}

  static Rows read() throws IOException, ModelRefused, InferenceFailed {
    List<Row> rows = new ArrayList<>();
    read("digits", 1, "image", rows);
    read("iris", 2, "features", rows);
    read("diabetes", 1, "features", rows);
    java.util.Collections.shuffle(rows, new java.util.Random(7));
    return new Rows(rows);
  }

  private static void read(String model, int version, String input, List<Row> rows)
      throws IOException, ModelRefused, InferenceFailed {
    Path root = Checkout.locate().root();
    Path file = root.resolve("models/%s/%d/model.onnx".formatted(model, version));
    try (OnnxModel onnx = OnnxModel.load(file, 1)) {
      List<String> lines = Files.readAllLines(root.resolve("dataset/" + model + ".csv"));
      for (String line : lines.subList(1, lines.size())) {
        String features = line.substring(0, line.lastIndexOf(','));
        String job =
            "{\"model\":\"%s\",\"version\":\"%d\",\"inputs\":{\"%s\":[[%s]]}}"
                .formatted(model, version, input, features);
        rows.add(new Row(job, onnx.run(List.of(tensor(input, features)), Set.of())));
      }
    }
  }

  private static Tensor tensor(String name, String features) {
    String[] values = features.split(",", -1);
    ByteBuffer data =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (String value : values) {
      data.putFloat(Float.parseFloat(value));
    }
    return new Tensor(
        name, TensorType.FP32, TensorShape.of(new long[] {1, values.length}), data.flip());
  }

  /** The rows in a circle. */
  Row get(int number) {
    return rows.get(number % rows.size());
  }
}
