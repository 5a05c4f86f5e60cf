package io.mlp.model;

import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request fits a model version: the one place that says what must hold. Who takes a
 * request, moves it to another version or runs it asks here.
 */
public final class RequestFit {
  private final ModelSignature signature;
  private final boolean batched;
  private final List<Mismatch> found = new ArrayList<>();
  private final Set<String> given = new HashSet<>();

  private RequestFit(ModelSignature signature, boolean batched) {
    this.signature = signature;
    this.batched = batched;
  }

  /**
   * What is known of an input before its elements are.
   *
   * @param datatype as the protocol spells it; null leaves it to the model
   */
  public record Input(String name, @Nullable String datatype, TensorShape shape) {
    private static Input of(Tensor tensor) {
      return new Input(tensor.name(), tensor.type().name(), tensor.shape());
    }
  }

  /**
   * What does not fit: first of each input in its turn, then of all, then of the outputs. Empty if
   * all does.
   *
   * @param batched whether rows may share a run: then each input has some, and all as many
   * @param outputs names of those wanted; none stands for all
   */
  public static List<Mismatch> of(
      ModelSignature signature, boolean batched, List<Input> inputs, Collection<String> outputs) {
    RequestFit fit = new RequestFit(signature, batched);
    for (int place = 0; place < inputs.size(); place++) {
      fit.ofInput(place, inputs.get(place));
    }
    fit.ofAll(inputs);
    fit.ofOutputs(outputs);
    return fit.found;
  }

  /** The same of tensors. */
  public static List<Mismatch> ofTensors(
      ModelSignature signature, boolean batched, List<Tensor> inputs, Collection<String> outputs) {
    return of(signature, batched, inputs.stream().map(Input::of).toList(), outputs);
  }

  private void ofInput(int place, Input input) {
    TensorSpec spec = signature.input(input.name).orElse(null);
    if (spec == null) {
      found.add(new Mismatch.UnknownInput(place, input.name));
    } else if (!given.add(input.name)) {
      found.add(new Mismatch.RepeatedInput(place, input.name));
    } else if (input.datatype != null && !input.datatype.equals(spec.type().name())) {
      found.add(new Mismatch.WrongDatatype(place, input, spec.type()));
    } else {
      ofShape(place, input, spec.shape());
    }
  }

  private void ofShape(int place, Input input, TensorShape expected) {
    OptionalInt negative =
        IntStream.range(0, input.shape.rank())
            .filter(axis -> input.shape.dimension(axis) < 0)
            .findFirst();
    if (negative.isPresent()) {
      found.add(new Mismatch.NegativeDimension(place, input, negative.getAsInt()));
    } else if (!input.shape.countable()) {
      found.add(new Mismatch.UncountableElements(place, input));
    } else if (!expected.accepts(input.shape)) {
      found.add(new Mismatch.WrongShape(place, input, expected));
    } else if (batched && input.shape.rows() == 0) {
      found.add(new Mismatch.NoRows(place, input.name));
    }
  }

  private void ofAll(List<Input> inputs) {
    boolean comparable = batched && found.isEmpty();
    for (TensorSpec spec : signature.inputs()) {
      if (!given.contains(spec.name())) {
        found.add(new Mismatch.MissingInput(spec.name()));
      }
    }
    for (int place = 1; comparable && place < inputs.size(); place++) {
      Input first = inputs.getFirst();
      if (inputs.get(place).shape.rows() != first.shape.rows()) {
        found.add(new Mismatch.OtherRows(place, inputs.get(place), first));
      }
    }
  }

  private void ofOutputs(Collection<String> outputs) {
    Set<String> wanted = new HashSet<>();
    int place = 0;
    for (String name : outputs) {
      if (signature.output(name).isEmpty()) {
        found.add(new Mismatch.UnknownOutput(place, name));
      } else if (!wanted.add(name)) {
        found.add(new Mismatch.RepeatedOutput(place, name));
      }
      place++;
    }
  }
}
