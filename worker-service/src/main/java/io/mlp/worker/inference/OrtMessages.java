package io.mlp.worker.inference;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes sentences fit for clients out of ONNX Runtime's messages. */
final class OrtMessages {
  private static final int MAX_LENGTH = 300;

  private static final Pattern CODE = Pattern.compile("^Error code - \\w+ - message: ");
  private static final Pattern NODE =
      Pattern.compile("^Non-zero status code returned while running (\\w+) node\\..*? Message: ");

  /** Source file, line and C++ signature of the function that gave up. */
  private static final Pattern SOURCE =
      Pattern.compile(
          "/onnxruntime_src/\\S+:\\d+ [^()]*\\([^()]*(?:\\([^()]*\\)[^()]*)*\\)(?: const)?\\S* ");

  private static final Pattern OPSET =
      Pattern.compile("Opset (\\d+) is under development.* domain (\\S+) is till opset (\\d+)");
  private static final Pattern EXTERNAL_DATA =
      Pattern.compile("External data path does not exist: \"([^\"]+)\"");

  private static final Pattern ESCAPE =
      Pattern.compile(
          "External data path escapes model directory\\..* path: \"([^\"]+)\" resolved");

  private OrtMessages() {}

  /** Why a model does not load. */
  static String whyRefused(OrtException e) {
    String text = String.valueOf(e.getMessage());
    Matcher opset = OPSET.matcher(text);
    if (opset.find()) {
      return "opset %s of %s is too new (expected: <= %s)"
          .formatted(opset.group(1), opset.group(2), opset.group(3));
    }
    Matcher missing = EXTERNAL_DATA.matcher(text);
    if (missing.find()) {
      String path = missing.group(1);
      return "the file %s, which holds weights of the model, is missing beside it"
          .formatted(path.substring(path.lastIndexOf('/') + 1));
    }
    Matcher escape = ESCAPE.matcher(text);
    if (escape.find()) {
      return "the file %s, which holds weights of the model, lies outside its folder"
          .formatted(escape.group(1));
    }
    if (e.getCode() == OrtErrorCode.ORT_INVALID_PROTOBUF) {
      return "not an ONNX model, or cut off: it does not parse";
    }
    return tidy(text);
  }

  /** Why a run failed. */
  static String whyFailed(OrtException e) {
    return tidy(String.valueOf(e.getMessage()));
  }

  private static String tidy(String message) {
    String text = CODE.matcher(message).replaceFirst("");
    text = NODE.matcher(text).replaceFirst("$1: ");
    text = SOURCE.matcher(text).replaceAll("");
    text = text.strip().lines().findFirst().orElse("ONNX Runtime gave no reason");
    return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…";
  }
}
