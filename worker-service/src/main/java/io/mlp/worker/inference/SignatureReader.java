package io.mlp.worker.inference;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.mlp.model.ModelSignature;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorSpec;
import io.mlp.tensor.TensorType;
import io.mlp.worker.inference.OnnxFile.Declaration;
import io.mlp.worker.inference.OnnxFile.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what a model takes and gives, and refuses what Java cannot pass. */
final class SignatureReader {
  private static final Logger log = LoggerFactory.getLogger(SignatureReader.class);

  /** {@code TensorProto.DataType}, whose numbers never change. */
  private static final List<String> ELEMENT_TYPES =
      List.of(
          "UNDEFINED",
          "FLOAT",
          "UINT8",
          "INT8",
          "UINT16",
          "INT16",
          "INT32",
          "INT64",
          "STRING",
          "BOOL",
          "FLOAT16",
          "DOUBLE",
          "UINT32",
          "UINT64",
          "COMPLEX64",
          "COMPLEX128",
          "BFLOAT16",
          "FLOAT8E4M3FN",
          "FLOAT8E4M3FNUZ",
          "FLOAT8E5M2",
          "FLOAT8E5M2FNUZ",
          "UINT4",
          "INT4",
          "FLOAT4E2M1",
          "FLOAT8E8M0",
          "UINT2",
          "INT2");

  private static final String ZIP_MAP =
      "; a classifier of scikit-learn gives tensors when it is converted with the option"
          + " zipmap=False";

  private SignatureReader() {}

  /**
   * @param file what the file declares, where ONNX Runtime's Java API names no type
   */
  static ModelSignature read(OrtSession session, OnnxFile file) throws OrtException, ModelRefused {
    requirePassable(file);
    List<TensorSpec> inputs = new ArrayList<>();
    for (NodeInfo node : session.getInputInfo().values()) {
      inputs.add(spec("input", node, file.graph().inputs()));
    }
    List<TensorSpec> outputs = outputs(session.getOutputInfo().values(), file);
    return new ModelSignature(List.copyOf(inputs), outputs);
  }

  /** ONNX Runtime's Java API fails at the first optional, without its name. */
  private static void requirePassable(OnnxFile file) throws ModelRefused {
    for (Declaration input : file.graph().inputs()) {
      if (input.kind() != Kind.TENSOR && input.kind() != Kind.UNKNOWN) {
        throw notATensor("input", input.name(), input.kind(), "");
      }
      requirePassable("input", input.name());
    }
    for (Declaration output : file.graph().outputs()) {
      if (output.kind() == Kind.OPTIONAL || output.kind() == Kind.SPARSE_TENSOR) {
        throw notATensor("output", output.name(), output.kind(), "");
      }
      requirePassable("output", output.name());
    }
  }

  /** Names go through Java's modified UTF-8 in both directions, and would be other names. */
  private static void requirePassable(String what, String name) throws ModelRefused {
    Optional<String> beyond =
        name.codePoints()
            .filter(Character::isSupplementaryCodePoint)
            .mapToObj("U+%04X"::formatted)
            .findFirst();
    if (beyond.isPresent()) {
      throw new ModelRefused(
          "%s %s has the character %s in its name, which ONNX Runtime's Java API cannot pass"
              .formatted(what, name, beyond.get()));
    }
  }

  /** Tensors are served even if the model gives something else, too. */
  private static List<TensorSpec> outputs(Collection<NodeInfo> nodes, OnnxFile file)
      throws ModelRefused {
    List<TensorSpec> tensors = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (NodeInfo node : nodes) {
      if (node.getInfo() instanceof TensorInfo) {
        tensors.add(spec("output", node, file.graph().outputs()));
      } else {
        others.add(node.getName());
      }
    }
    if (tensors.isEmpty() && !others.isEmpty()) {
      throw notATensor("output", others.getFirst(), kind(others.getFirst(), file), ZIP_MAP);
    }
    if (!others.isEmpty()) {
      log.warn(
          "The outputs {} are no tensors and are not served, only {} are{}",
          others,
          tensors.stream().map(TensorSpec::name).toList(),
          ZIP_MAP);
    }
    return List.copyOf(tensors);
  }

  private static Kind kind(String output, OnnxFile file) {
    return declared(output, file.graph().outputs()).map(Declaration::kind).orElse(Kind.UNKNOWN);
  }

  private static Optional<Declaration> declared(String name, List<Declaration> declarations) {
    return declarations.stream().filter(it -> it.name().equals(name)).findFirst();
  }

  private static ModelRefused notATensor(String what, String name, Kind kind, String cure) {
    String found =
        switch (kind) {
          case SEQUENCE -> "a sequence";
          case MAP -> "a map";
          case SPARSE_TENSOR -> "a sparse tensor";
          case OPTIONAL -> "an optional";
          case TENSOR, UNKNOWN -> "of an unknown type";
        };
    return new ModelRefused(
        "%s %s is %s (expected: a tensor%s)".formatted(what, name, found, cure));
  }

  private static TensorSpec spec(String what, NodeInfo node, List<Declaration> declared)
      throws ModelRefused {
    if (!(node.getInfo() instanceof TensorInfo info)) {
      throw notATensor(what, node.getName(), Kind.UNKNOWN, "");
    }
    Optional<TensorType> type = ElementTypes.of(info);
    if (type.isEmpty()) {
      String onnxName =
          declared(node.getName(), declared)
              .map(declaration -> elementType(declaration.elementType()))
              .orElseGet(() -> ElementTypes.onnxName(info));
      throw new ModelRefused(
          "%s %s has the element type %s, which the Open Inference Protocol has not"
              .formatted(what, node.getName(), onnxName));
    }
    return new TensorSpec(node.getName(), type.get(), shape(node.getName(), info, declared));
  }

  /** A tensor of unknown rank looks like a scalar in ONNX Runtime's Java API. */
  private static TensorShape shape(String name, TensorInfo info, List<Declaration> declared) {
    TensorShape shape = TensorShape.of(info.getShape());
    boolean ranked =
        shape.rank() > 0 || declared(name, declared).map(Declaration::ranked).orElse(true);
    return ranked ? shape : TensorShape.UNRANKED;
  }

  private static String elementType(int number) {
    return number >= 0 && number < ELEMENT_TYPES.size()
        ? ELEMENT_TYPES.get(number)
        : "number " + number;
  }
}
