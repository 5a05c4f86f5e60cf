package io.mlp.flow;

import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A body of {@code POST /v1/jobs} that must be refused.
 *
 * @param status of the answer
 * @param pointers of the answer's {@code errors}
 */
record BadInput(String name, String body, int status, List<String> pointers) {
  private static final String ROW = row("0", 64);

  private static BadInput of(String name, String body, int status, String... pointers) {
    return new BadInput(name, body, status, List.of(pointers));
  }

  /** So many elements, each the same. */
  private static String row(String element, int width) {
    return Collections.nCopies(width, element).stream().collect(Collectors.joining(","));
  }

  /** A job whose only fault is in one member. */
  private static BadInput member(String name, String member, String pointer) {
    String body =
        """
        {"model": "digits", "inputs": {"image": [[%s]]}, %s}\
        """
            .formatted(ROW, member);
    return of(name, body, 422, pointer);
  }

  /** A job whose only fault is in its inputs, in the short form. */
  private static BadInput inputs(String name, int status, String inputs, String... pointers) {
    String body =
        """
        {"model": "digits", "inputs": {%s}}\
        """
            .formatted(inputs);
    return of(name, body, status, pointers);
  }

  /** A job whose only fault is one element, the second of its row. */
  private static BadInput element(String element, int status) {
    return inputs(
        element + " for a number",
        status,
        "\"image\": [[0, %s, %s]]".formatted(element, row("0", 62)),
        "#/inputs/image/0/1");
  }

  /** A job whose only fault is in its one tensor, in the form of the Open Inference Protocol. */
  private static BadInput tensor(
      String name, String shape, String datatype, String data, String... pointers) {
    String body =
        """
        {"model": "digits", "inputs": [
          {"name": "image", "shape": %s, "datatype": "%s", "data": [%s]}]}\
        """
            .formatted(shape, datatype, data);
    return of(name, body, 422, pointers);
  }

  static Stream<BadInput> all() {
    return Stream.of(broken(), models(), names(), shapes(), elements(), members())
        .flatMap(cases -> cases);
  }

  private static Stream<BadInput> broken() {
    String deep = "[".repeat(100_000);
    return Stream.of(
        of("an empty body", "", 400, "#"),
        of("no JSON", "model=digits", 400, "#"),
        of("an array", "[]", 400, "#"),
        of(
            "JSON that breaks off",
            "{\"model\": \"digits\", \"inputs\": {\"image\": [[1, 2",
            400,
            "#/inputs/image/0/1"),
        of(
            "JSON that goes on behind its end",
            """
            {"model": "digits", "inputs": {"image": [[%s]]}} {}\
            """
                .formatted(ROW),
            400,
            "#"),
        of("a comma too many", "{\"model\": \"digits\",}", 400, "#/model"),
        of("nothing but opening brackets", deep, 400, "#"),
        of("a hundred thousand arrays for a model", "{\"model\": " + deep, 422, "#/model"),
        of(
            "a hundred thousand arrays for a tensor",
            "{\"inputs\": {\"image\": " + deep,
            422,
            "#/inputs/image" + "/0".repeat(16)),
        of("a field that no job has", "{\"modle\": \"digits\"}", 422, "#/modle"),
        of("a field given twice", "{\"model\": \"digits\", \"model\": \"iris\"}", 422, "#/model"),
        of(
            "a field that no tensor has",
            "{\"inputs\": [{\"nmae\": \"image\"}]}",
            422,
            "#/inputs/0/nmae"));
  }

  private static Stream<BadInput> models() {
    return Stream.of(
        of(
            "a model that nobody has",
            """
            {"model": "digit", "inputs": {"image": [[%s]]}}\
            """
                .formatted(ROW),
            422,
            "#/model"),
        of("no model", "{\"inputs\": {}}", 422, "#/model"),
        of("a number for a model", "{\"model\": 7}", 422, "#/model"),
        of("no inputs", "{\"model\": \"digits\"}", 422, "#/inputs"),
        of("a text for inputs", "{\"inputs\": \"all\"}", 422, "#/inputs"),
        member("a version that the model has not", "\"version\": \"9\"", "#/version"),
        member("a number for a version", "\"version\": 1", "#/version"));
  }

  private static Stream<BadInput> names() {
    String image =
        "{\"name\": \"image\", \"shape\": [1, 64], \"datatype\": \"FP32\", \"data\": [%s]}"
            .formatted(ROW);
    return Stream.of(
        inputs(
            "a tensor of another name",
            422,
            "\"picture\": [[%s]]".formatted(ROW),
            "#/inputs/picture",
            "#/inputs"),
        inputs(
            "a tensor too many",
            422,
            "\"image\": [[%1$s]], \"a/b~c\": [[%1$s]]".formatted(ROW),
            "#/inputs/a~1b~0c"),
        inputs("no tensor", 422, "", "#/inputs"),
        inputs(
            "a tensor given twice",
            422,
            "\"image\": [[%1$s]], \"image\": [[%1$s]]".formatted(ROW),
            "#/inputs/image"),
        of(
            "a tensor given twice in the protocol's form",
            "{\"model\": \"digits\", \"inputs\": [%s, %s]}".formatted(image, image),
            422,
            "#/inputs/1/name"),
        of(
            "a tensor without data",
            "{\"inputs\": [{\"name\": \"image\", \"shape\": [1, 64], \"datatype\": \"FP32\"}]}",
            422,
            "#/inputs/0/data"));
  }

  private static Stream<BadInput> shapes() {
    return Stream.of(
        tensor("another datatype", "[1, 64]", "FP64", ROW, "#/inputs/0/datatype"),
        tensor("no datatype", "[1, 64]", "FLOAT", ROW, "#/inputs/0/datatype"),
        tensor("a shape one short", "[1, 63]", "FP32", row("0", 63), "#/inputs/0/shape"),
        tensor("a shape with an axis too many", "[1, 8, 8]", "FP32", ROW, "#/inputs/0/shape"),
        tensor("a shape without rows", "[0, 64]", "FP32", "", "#/inputs/0/shape"),
        tensor("a negative shape", "[-1, 64]", "FP32", ROW, "#/inputs/0/shape/0"),
        tensor(
            "a shape beyond INT64", "[1, 99999999999999999999]", "FP32", ROW, "#/inputs/0/shape/1"),
        tensor(
            "a shape whose product overflows",
            "[4611686018427387904, 64]",
            "FP32",
            ROW,
            "#/inputs/0/shape"),
        tensor("a fraction in a shape", "[1.5, 64]", "FP32", ROW, "#/inputs/0/shape/0"),
        tensor("an element short of its shape", "[1, 64]", "FP32", row("0", 63), "#/inputs/0/data"),
        tensor("an element beyond its shape", "[1, 64]", "FP32", row("0", 65), "#/inputs/0/data"),
        tensor(
            "data nested unlike its shape",
            "[1, 64]",
            "FP32",
            "[%s], [%s]".formatted(row("0", 32), row("0", 32)),
            "#/inputs/0/data"),
        inputs(
            "a row one short", 422, "\"image\": [[%s]]".formatted(row("0", 63)), "#/inputs/image"),
        inputs("no rows", 422, "\"image\": []", "#/inputs/image"),
        inputs(
            "ragged rows",
            422,
            "\"image\": [[%s], [%s]]".formatted(ROW, row("0", 63)),
            "#/inputs/image/1"));
  }

  private static Stream<BadInput> elements() {
    return Stream.of(
        element("NaN", 400),
        element("\"nan\"", 422),
        element("null", 422),
        element("true", 422),
        element("\"7\"", 422),
        element("{}", 422),
        element("[0]", 422),
        element("1e39", 422),
        element("-1e400", 422));
  }

  private static Stream<BadInput> members() {
    return Stream.of(
        member("U+0000 in metadata", "\"metadata\": {\"k\": \"a\\u0000b\"}", "#/metadata/k"),
        member(
            "U+0000 in a name of metadata",
            "\"metadata\": {\"a\\u0000/\": \"\"}",
            "#/metadata/a%00~1"),
        member(
            "half a character in metadata", "\"metadata\": {\"k\": \"\\ud83d\"}", "#/metadata/k"),
        member(
            "metadata of 4,097 bytes",
            "\"metadata\": {\"k\": \"%s\"}".formatted("x".repeat(4096)),
            "#/metadata"),
        member("a number in metadata", "\"metadata\": {\"k\": 1}", "#/metadata/k"),
        member("priority 10", "\"priority\": 10", "#/priority"),
        member("priority -1", "\"priority\": -1", "#/priority"),
        member("a fraction for a priority", "\"priority\": 4.5", "#/priority"),
        member("a priority beyond INT32", "\"priority\": 4294967300", "#/priority"),
        member("no attempts", "\"max_attempts\": 0", "#/max_attempts"),
        member("a deadline in the past", "\"deadline\": \"2020-01-01T00:00:00Z\"", "#/deadline"),
        member("a deadline that is no time", "\"deadline\": \"soon\"", "#/deadline"),
        member(
            "an output that the model has not",
            "\"outputs\": [\"label\", \"colour\"]",
            "#/outputs/1"),
        member("an output given twice", "\"outputs\": [\"label\", \"label\"]", "#/outputs/1"));
  }

  @Override
  public String toString() {
    return name;
  }
}
