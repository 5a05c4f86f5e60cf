package io.mlp.api.submission.validation;

import io.mlp.api.model.CataloguedVersion;
import io.mlp.api.problem.Violation;
import io.mlp.api.problem.Violations;
import io.mlp.api.submission.reading.Elements;
import io.mlp.api.submission.reading.RawTensor;
import io.mlp.api.submission.reading.Texts;
import io.mlp.model.Mismatch;
import io.mlp.model.Mismatch.OfInput;
import io.mlp.model.ModelSignature;
import io.mlp.model.RequestFit;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorSpec;
import io.mlp.tensor.TensorType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Holds the inputs of one request and the outputs that it asks for against the signature of its
 * model version, and says at which place of the body what is wrong.
 */
final class SignatureValidation {
  private static final TensorShape SCALAR = TensorShape.of();
  private static final TensorShape ONE = TensorShape.of(1);

  private final ModelSignature signature;
  private final boolean batched;
  private final Violations violations;

  SignatureValidation(CataloguedVersion version, Violations violations) {
    this.signature = version.signature();
    this.batched = version.batching().on();
    this.violations = violations;
  }

  /** The inputs as tensors in the model's order; incomplete if there were violations. */
  List<Tensor> validate(List<RawTensor> sent, List<String> outputs) {
    List<RequestFit.Input> inputs = sent.stream().map(this::withoutElements).toList();
    Deque<Mismatch> mismatches =
        new ArrayDeque<>(RequestFit.of(signature, batched, inputs, outputs));
    List<Tensor> tensors = new ArrayList<>();
    for (int place = 0; place < sent.size(); place++) {
      if (mismatches.peek() instanceof OfInput mismatch && mismatch.place() == place) {
        violate(mismatch, sent.get(place));
        mismatches.remove();
      } else {
        tensor(sent.get(place)).ifPresent(tensors::add);
      }
    }
    boolean allRead = tensors.size() == sent.size();
    mismatches.removeIf(it -> it instanceof Mismatch.OtherRows && !allRead);
    mismatches.forEach(it -> violate(it, sent));
    return signature.inOrder(tensors);
  }

  /** In the short form, a list of one number is a scalar, too. */
  private RequestFit.Input withoutElements(RawTensor input) {
    RequestFit.Input given = input.withoutElements();
    boolean scalar =
        input.shape() == null
            && given.shape().equals(ONE)
            && signature
                .input(input.name())
                .filter(spec -> spec.shape().equals(SCALAR))
                .isPresent();
    return scalar ? new RequestFit.Input(given.name(), given.datatype(), SCALAR) : given;
  }

  private void violate(Mismatch mismatch, List<RawTensor> sent) {
    switch (mismatch) {
      case OfInput ofInput -> violate(ofInput, sent.get(ofInput.place()));
      case Mismatch.MissingInput(var name) -> violate("#/inputs", "input " + name + " is missing");
      case Mismatch.OtherRows(int place, var given, var first) ->
          violate(
              sent.get(place).pointer(),
              "has %d rows, the first input has %d"
                  .formatted(given.shape().rows(), first.shape().rows()));
      case Mismatch.UnknownOutput(int place, var name) ->
          violations.add(
              new Violation(
                  "#/outputs/%d: the model has no output %s".formatted(place, Texts.quoted(name)),
                  "#/outputs/" + place));
      case Mismatch.RepeatedOutput(int place, var name) ->
          violate("#/outputs/" + place, "names " + name + " a second time");
    }
  }

  private void violate(OfInput mismatch, RawTensor input) {
    String shape = input.shapePointer();
    switch (mismatch) {
      case Mismatch.UnknownInput _ ->
          violate(input.namePointer(), "the model has no such input; it has " + inputNames());
      case Mismatch.RepeatedInput _ ->
          violate(input.namePointer(), "input " + input.name() + " is given a second time");
      case Mismatch.WrongDatatype(_, var given, var expected) ->
          violate(input.pointer() + "/datatype", problem(given.datatype(), expected));
      case Mismatch.NegativeDimension(_, _, int axis) -> violate(shape + "/" + axis, "is negative");
      case Mismatch.UncountableElements(_, var given) ->
          violate(shape, given.shape() + " has more elements than can be counted");
      case Mismatch.WrongShape(_, var given, var expected) ->
          violate(shape, given.shape() + " does not fit the model's shape " + expected);
      case Mismatch.NoRows _ -> violate(shape, "has no rows");
    }
  }

  private String inputNames() {
    return signature.inputs().stream().map(TensorSpec::name).collect(Collectors.joining(", "));
  }

  private static String problem(@Nullable String datatype, TensorType expected) {
    return datatype != null && TensorType.named(datatype).isPresent()
        ? "%s (expected: %s)".formatted(datatype, expected)
        : "is no datatype of the Open Inference Protocol (expected: %s)".formatted(expected);
  }

  /** Of an input that fits by name, datatype and shape, if it holds what they say. */
  private Optional<Tensor> tensor(RawTensor input) {
    TensorSpec spec = signature.input(input.name()).orElseThrow();
    TensorShape shape = withoutElements(input).shape();
    if (!holds(input, shape)) {
      return Optional.empty();
    }
    return switch (input.data().layout(spec.type(), input.dataPointer())) {
      case Elements.Layout.Bytes(var bytes) ->
          Optional.of(new Tensor(spec.name(), spec.type(), shape, bytes));
      case Elements.Layout.Refused(var violation) -> {
        violations.add(violation);
        yield Optional.empty();
      }
    };
  }

  private boolean holds(RawTensor input, TensorShape shape) {
    TensorShape nesting = input.data().nesting();
    if (input.data().size() != shape.elements()) {
      violate(
          input.dataPointer(),
          "has %d elements (expected: %d for shape %s)"
              .formatted(input.data().size(), shape.elements(), shape));
      return false;
    }
    if (!input.data().flat() && !nesting.equals(shape)) {
      violate(
          input.dataPointer(),
          "is nested as %s (expected: flat, or as %s)".formatted(nesting, shape));
      return false;
    }
    return true;
  }

  private void violate(String where, String what) {
    violations.add(new Violation(where + " " + what, where));
  }
}
