package io.mlp.worker.inference;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.mlp.model.ModelSignature;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorSpec;
import io.mlp.tensor.TensorType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Reads what a model takes and gives, and refuses what Java cannot pass. */
final class SignatureReader {
  private SignatureReader() {}

  static ModelSignature read(OrtSession session) throws OrtException, ModelRefused {
    return new ModelSignature(
        specs("input", session.getInputInfo().values()),
        specs("output", session.getOutputInfo().values()));
  }

  private static List<TensorSpec> specs(String what, Collection<NodeInfo> nodes)
      throws ModelRefused {
    List<TensorSpec> specs = new ArrayList<>();
    for (NodeInfo node : nodes) {
      specs.add(spec(what, node));
    }
    return List.copyOf(specs);
  }

  private static TensorSpec spec(String what, NodeInfo node) throws ModelRefused {
    if (!(node.getInfo() instanceof TensorInfo info)) {
      throw new ModelRefused(
          "%s %s is a sequence or a map (expected: a tensor)".formatted(what, node.getName()));
    }
    TensorType type =
        ElementTypes.of(info)
            .orElseThrow(() ->
                new ModelRefused(
                    "%s %s has the unsupported element type %s"
                        .formatted(what, node.getName(), ElementTypes.onnxName(info))));
    return new TensorSpec(node.getName(), type, TensorShape.of(info.getShape()));
  }
}
