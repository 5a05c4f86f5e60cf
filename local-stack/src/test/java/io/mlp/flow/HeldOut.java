package io.mlp.flow;

import io.mlp.local.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A file of {@code dataset/}: rows that the model was not trained on, with the truth about each.
 *
 * @param input the name of the model's only input
 */
record HeldOut(String model, String input, List<Row> rows) {
  static final HeldOut DIGITS = read("digits", "image");
  static final HeldOut IRIS = read("iris", "features");
  static final HeldOut DIABETES = read("diabetes", "features");

  /**
   * One row.
   *
   * @param features as the file writes them, with commas between
   */
  record Row(String features, double truth) {
    int width() {
      return features.split(",", -1).length;
    }
  }

  private static HeldOut read(String model, String input) {
    return new HeldOut(
        model, input, text(model + ".csv").lines().skip(1).map(HeldOut::row).toList());
  }

  private static Row row(String line) {
    int last = line.lastIndexOf(',');
    return new Row(line.substring(0, last), Double.parseDouble(line.substring(last + 1)));
  }

  /** What the training script measured on these rows. */
  JsonNode figures(int version) {
    JsonNode all = JsonMapper.shared().readTree(text("figures.json"));
    return all.path("models").path(model).path(Integer.toString(version));
  }

  private static String text(String file) {
    Path path = Checkout.locate().root().resolve("dataset").resolve(file);
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A job of that row, its tensor in the short form. */
  String job(Row row, String more) {
    return """
    {"model": "%s", "inputs": {"%s": [[%s]]}%s}\
    """
        .formatted(model, input, row.features(), more);
  }

  /** A job of that row, its tensor in the form of the Open Inference Protocol. */
  String protocolJob(Row row, String more) {
    return """
    {"model": "%s", "inputs": [
      {"name": "%s", "shape": [1, %d], "datatype": "FP32", "data": [%s]}]%s}\
    """
        .formatted(model, input, row.width(), row.features(), more);
  }

  /** A job of the first row. */
  String anyJob() {
    return anyJob("");
  }

  /** A job of the first row with more members, each with a comma before. */
  String anyJob(String more) {
    return job(rows.getFirst(), more);
  }

  /** One job of several rows. */
  String job(List<Row> rows) {
    String matrix =
        rows.stream().map(row -> "[" + row.features() + "]").collect(Collectors.joining(","));
    return """
    {"model": "%s", "inputs": {"%s": [%s]}}\
    """
        .formatted(model, input, matrix);
  }
}
