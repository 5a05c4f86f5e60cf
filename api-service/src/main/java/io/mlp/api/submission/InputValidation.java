package io.mlp.api.submission;

import io.mlp.api.model.CataloguedVersion;
import io.mlp.api.problem.Violation;
import io.mlp.model.ModelSignature;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorSpec;
import io.mlp.tensor.TensorType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Holds the inputs of one request against the signature of its model version. */
final class InputValidation {
  private final ModelSignature signature;
  private final boolean batched;
  private final Violations violations;

  InputValidation(CataloguedVersion version, Violations violations) {
    this.signature = version.signature();
    this.batched = version.batching().on();
    this.violations = violations;
  }

  /** The inputs as tensors in the model's order; incomplete if there were violations. */
  List<Tensor> validate(List<RawTensor> sent) {
    List<Tensor> tensors = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (RawTensor input : sent) {
      Optional<TensorSpec> spec = signature.input(input.name());
      if (spec.isEmpty()) {
        violate(input.namePointer(), "the model has no such input; it has " + inputNames());
      } else if (!seen.add(input.name())) {
        violate(input.namePointer(), "input " + input.name() + " is given a second time");
      } else {
        Tensor tensor = tensor(input, spec.get());
        if (tensor != null) {
          tensors.add(tensor);
        }
      }
    }
    for (TensorSpec spec : signature.inputs()) {
      if (!seen.contains(spec.name())) {
        violate("#/inputs", "input " + spec.name() + " is missing");
      }
    }
    checkRowsAgree(sent, tensors);
    return inModelsOrder(tensors);
  }

  private List<Tensor> inModelsOrder(List<Tensor> tensors) {
    List<String> names = signature.inputs().stream().map(TensorSpec::name).toList();
    return tensors.stream()
        .sorted(Comparator.comparingInt(tensor -> names.indexOf(tensor.name())))
        .toList();
  }

  private String inputNames() {
    return signature.inputs().stream().map(TensorSpec::name).collect(Collectors.joining(", "));
  }

  private @Nullable Tensor tensor(RawTensor input, TensorSpec spec) {
    if (!typeFits(input, spec)) {
      return null;
    }
    TensorShape shape = shape(input, spec);
    if (shape == null) {
      return null;
    }
    return switch (input.data().layout(spec.type(), input.dataPointer())) {
      case Elements.Layout.Bytes(var bytes) -> new Tensor(spec.name(), spec.type(), shape, bytes);
      case Elements.Layout.Refused(var violation) -> {
        violations.add(violation);
        yield null;
      }
    };
  }

  private boolean typeFits(RawTensor input, TensorSpec spec) {
    String datatype = input.datatype();
    if (datatype == null || datatype.equals(spec.type().name())) {
      return true;
    }
    String problem =
        TensorType.named(datatype).isPresent()
            ? "%s (expected: %s)".formatted(datatype, spec.type())
            : "is no datatype of the Open Inference Protocol (expected: %s)".formatted(spec.type());
    violate(input.pointer() + "/datatype", problem);
    return false;
  }

  /** The shape, if it is one, fits the model and holds exactly the elements that were sent. */
  private @Nullable TensorShape shape(RawTensor input, TensorSpec spec) {
    TensorShape declared = input.shape();
    TensorShape nesting = input.data().nesting();
    TensorShape shape = declared == null ? nesting : declared;
    String where = declared == null ? input.dataPointer() : input.pointer() + "/shape";
    if (declared != null && !positive(shape, where)) {
      return null;
    }
    if (!spec.shape().accepts(shape)) {
      violate(where, "%s does not fit the model's shape %s".formatted(shape, spec.shape()));
      return null;
    }
    if (batched && shape.dimension(0) == 0) {
      violate(where, "has no rows");
      return null;
    }
    if (declared != null && !holds(input, shape, nesting)) {
      return null;
    }
    return shape;
  }

  private boolean positive(TensorShape shape, String where) {
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (shape.dimension(axis) < 0) {
        violate(where + "/" + axis, "is negative");
        return false;
      }
    }
    try {
      return shape.elements() >= 0;
    } catch (ArithmeticException _) {
      violate(where, "%s has more elements than can be counted".formatted(shape));
      return false;
    }
  }

  private boolean holds(RawTensor input, TensorShape shape, TensorShape nesting) {
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

  /** Where rows may share a run, all inputs have the same number of them. */
  private void checkRowsAgree(List<RawTensor> sent, List<Tensor> tensors) {
    if (!batched || tensors.size() != sent.size()) {
      return;
    }
    for (int i = 1; i < tensors.size(); i++) {
      if (tensors.get(i).rows() != tensors.getFirst().rows()) {
        violate(
            sent.get(i).pointer(),
            "has %d rows, the first input has %d"
                .formatted(tensors.get(i).rows(), tensors.getFirst().rows()));
      }
    }
  }

  private void violate(String where, String what) {
    violations.add(new Violation(where + " " + what, where));
  }
}
