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
 * [{"name":"image","datatype":"FP32","shape":[-1,64]}]}. The shape of unknown rank is null.
 */
public final class SignatureJson {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private SignatureJson() {}

  public static String write(List<TensorSpec> specs) {
    ArrayNode array = MAPPER.createArrayNode();
    for (TensorSpec spec : specs) {
      array
          .addObject()
          .put("name", spec.name())
          .put("datatype", spec.type().name())
          .set("shape", write(spec.shape()));
    }
    return array.toString();
  }

  private static JsonNode write(TensorShape shape) {
    return MAPPER.valueToTree(shape.ranked() ? shape.toArray() : null);
  }

  public static List<TensorSpec> read(String json) {
    List<TensorSpec> specs = new ArrayList<>();
    for (JsonNode node : MAPPER.readTree(json)) {
      TensorType type = TensorType.valueOf(node.path("datatype").asString());
      specs.add(new TensorSpec(node.path("name").asString(), type, shape(node.path("shape"))));
    }
    return List.copyOf(specs);
  }

  private static TensorShape shape(JsonNode dimensions) {
    return dimensions.isNull()
        ? TensorShape.UNRANKED
        : TensorShape.of(MAPPER.treeToValue(dimensions, long[].class));
  }
}
