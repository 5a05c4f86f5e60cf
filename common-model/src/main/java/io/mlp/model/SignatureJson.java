package io.mlp.model;

import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorSpec;
import io.mlp.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/**
 * Tensor declarations as JSON, in the catalogue's columns and in the API's answers: {@code
 * [{"name":"image","datatype":"FP32","shape":[-1,64]}]}.
 */
public final class SignatureJson {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private SignatureJson() {}

  public static String write(List<TensorSpec> specs) {
    ArrayNode array = MAPPER.createArrayNode();
    for (TensorSpec spec : specs) {
      ArrayNode shape =
          array
              .addObject()
              .put("name", spec.name())
              .put("datatype", spec.type().name())
              .putArray("shape");
      for (long dimension : spec.shape().toArray()) {
        shape.add(dimension);
      }
    }
    return array.toString();
  }

  public static List<TensorSpec> read(String json) {
    List<TensorSpec> specs = new ArrayList<>();
    for (JsonNode node : MAPPER.readTree(json)) {
      long[] shape = new long[node.path("shape").size()];
      for (int i = 0; i < shape.length; i++) {
        shape[i] = node.path("shape").get(i).asLong();
      }
      TensorType type = TensorType.valueOf(node.path("datatype").asString());
      specs.add(new TensorSpec(node.path("name").asString(), type, TensorShape.of(shape)));
    }
    return List.copyOf(specs);
  }
}
