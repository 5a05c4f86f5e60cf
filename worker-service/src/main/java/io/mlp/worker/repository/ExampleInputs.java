package io.mlp.worker.repository;

import io.mlp.model.ModelSignature;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorSpec;
import io.mlp.tensor.TensorType;
import io.mlp.worker.inference.ModelRefused;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The inputs a model is warmed with: its example, or zeros. */
final class ExampleInputs {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  /** Of an empty one: its length, and the references and the string that ONNX Runtime gets. */
  private static final int BYTES_OF_A_TEXT = 64;

  private ExampleInputs() {}

  /** What those zeros take on the heap, however much that is. */
  static double bytesOfZeros(ModelSignature signature) {
    return signature.inputs().stream().mapToDouble(ExampleInputs::bytesOfZeros).sum();
  }

  private static double bytesOfZeros(TensorSpec spec) {
    double bytes = spec.type() == TensorType.BYTES ? BYTES_OF_A_TEXT : spec.type().bytes();
    for (long dimension : spec.shape().toArray()) {
      bytes *= dimension == TensorShape.ANY ? 1 : dimension;
    }
    return bytes;
  }

  /** One row of zeros, of empty texts or of false; every open dimension is 1. */
  static List<Tensor> zeros(ModelSignature signature) {
    return signature.inputs().stream().map(ExampleInputs::zeros).toList();
  }

  private static Tensor zeros(TensorSpec spec) {
    long[] dimensions = spec.shape().toArray();
    for (int i = 0; i < dimensions.length; i++) {
      dimensions[i] = dimensions[i] == TensorShape.ANY ? 1 : dimensions[i];
    }
    return zeros(spec, TensorShape.of(dimensions));
  }

  private static Tensor zeros(TensorSpec spec, TensorShape shape) {
    // An empty text is its length, zero, in four bytes.
    int bytes = spec.type() == TensorType.BYTES ? Integer.BYTES : spec.type().bytes();
    int size = Math.toIntExact(Math.multiplyExact(shape.elements(), bytes));
    return new Tensor(spec.name(), spec.type(), shape, ByteBuffer.allocate(size));
  }

  /**
   * The example's tensors, of the types that the signature declares.
   *
   * @throws ModelRefused if the example names an unknown input, its lists are ragged, or an element
   *     does not fit the type
   */
  static List<Tensor> parse(String json, ModelSignature signature) throws ModelRefused {
    List<Tensor> tensors = new ArrayList<>();
    for (Map.Entry<String, JsonNode> input : MAPPER.readTree(json).properties()) {
      String path = "example." + input.getKey();
      TensorSpec spec =
          signature
              .input(input.getKey())
              .orElseThrow(() -> new ModelRefused(path + ": the model has no input of that name"));
      tensors.add(parse(path, spec, input.getValue()));
    }
    return tensors;
  }

  private static Tensor parse(String path, TensorSpec spec, JsonNode lists) throws ModelRefused {
    if (lists.isObject()) {
      return zeros(spec, shapeAlone(path + ".shape", spec, lists.path("shape")));
    }
    TensorShape shape = shape(lists);
    ExampleElements elements = new ExampleElements(spec.type());
    collect(path, lists, shape, 0, elements);
    return new Tensor(spec.name(), spec.type(), shape, elements.data());
  }

  private static TensorShape shapeAlone(String path, TensorSpec spec, JsonNode sizes)
      throws ModelRefused {
    long[] shape = new long[sizes.size()];
    for (int i = 0; i < shape.length; i++) {
      JsonNode size = sizes.get(i);
      if (!size.canConvertToInt() || size.intValue() < 0) {
        throw new ModelRefused(
            "%s[%d]: %s (expected: a whole number >= 0)".formatted(path, i, size));
      }
      shape[i] = size.intValue();
    }
    if (!sizes.isArray() || !spec.shape().accepts(TensorShape.of(shape))) {
      throw new ModelRefused("%s: %s (expected: %s)".formatted(path, sizes, spec.shape()));
    }
    return TensorShape.of(shape);
  }

  private static TensorShape shape(JsonNode lists) {
    List<Integer> sizes = new ArrayList<>();
    for (JsonNode node = lists; node.isArray(); node = node.path(0)) {
      sizes.add(node.size());
    }
    return TensorShape.of(sizes.stream().mapToLong(size -> size).toArray());
  }

  private static void collect(
      String path, JsonNode node, TensorShape shape, int axis, ExampleElements elements)
      throws ModelRefused {
    boolean leaf = axis == shape.rank();
    if (node.isArray() == leaf || (!leaf && node.size() != shape.dimension(axis))) {
      throw new ModelRefused(path + ": the lists differ in length or depth");
    }
    if (leaf) {
      elements.add(path, node);
      return;
    }
    for (int i = 0; i < node.size(); i++) {
      collect(path + "[" + i + "]", node.get(i), shape, axis + 1, elements);
    }
  }
}
