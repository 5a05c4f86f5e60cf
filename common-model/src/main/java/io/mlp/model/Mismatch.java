package io.mlp.model;

import io.mlp.model.RequestFit.Input;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorType;

/**
 * One thing about a request that its model version does not take. Places count from zero, in the
 * request's order.
 */
public sealed interface Mismatch {

  /** Of one input by itself; no place has two. */
  sealed interface OfInput extends Mismatch {
    int place();
  }

  record UnknownInput(int place, String name) implements OfInput {}

  record RepeatedInput(int place, String name) implements OfInput {}

  record WrongDatatype(int place, Input given, TensorType expected) implements OfInput {}

  record NegativeDimension(int place, Input given, int axis) implements OfInput {}

  record UncountableElements(int place, Input given) implements OfInput {}

  record WrongShape(int place, Input given, TensorShape expected) implements OfInput {}

  record NoRows(int place, String name) implements OfInput {}

  record MissingInput(String name) implements Mismatch {}

  record OtherRows(int place, Input given, Input first) implements Mismatch {}

  record UnknownOutput(int place, String name) implements Mismatch {}

  record RepeatedOutput(int place, String name) implements Mismatch {}

  /** What does not fit, in words for someone who does not see the request beside them. */
  default String detail() {
    return switch (this) {
      case UnknownInput(_, var name) -> input(name, "the model has none of that name");
      case RepeatedInput(_, var name) -> input(name, "given twice");
      case WrongDatatype(_, var given, var expected) ->
          input(given.name(), "type %s (expected: %s)".formatted(given.datatype(), expected));
      case NegativeDimension(_, var given, int axis) ->
          input(given.name(), "shape %s (expected: [%d] >= 0)".formatted(given.shape(), axis));
      case UncountableElements(_, var given) ->
          input(given.name(), "shape %s has too many elements".formatted(given.shape()));
      case WrongShape(_, var given, var expected) ->
          input(given.name(), "shape %s (expected: %s)".formatted(given.shape(), expected));
      case NoRows(_, var name) -> input(name, "no rows");
      case MissingInput(var name) -> input(name, "missing");
      case OtherRows(_, var given, var first) ->
          "input %s: %d rows (expected: as many as %s, %d)"
              .formatted(given.name(), given.shape().rows(), first.name(), first.shape().rows());
      case UnknownOutput(_, var name) ->
          "output %s: the model has none of that name".formatted(name);
      case RepeatedOutput(_, var name) -> "output %s: named twice".formatted(name);
    };
  }

  private static String input(String name, String problem) {
    return "input %s: %s".formatted(name, problem);
  }
}
