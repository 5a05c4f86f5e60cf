package io.mlp.worker.inference;

import io.mlp.worker.inference.OnnxFile.Attribute;
import io.mlp.worker.inference.OnnxFile.Declaration;
import io.mlp.worker.inference.OnnxFile.Function;
import io.mlp.worker.inference.OnnxFile.Graph;
import io.mlp.worker.inference.OnnxFile.Kind;
import io.mlp.worker.inference.OnnxFile.Node;
import io.mlp.worker.inference.OnnxFile.OperatorName;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads an {@link OnnxFile} and steps over the weights. Field numbers are those of {@code
 * onnx.proto}, which never change.
 */
final class OnnxFileReader {
  /** Of {@code TensorProto.DataType}. */
  private static final long FLOAT = 1;

  private static final long BOOL = 9;
  private static final long DOUBLE = 11;

  /** A single bool needs no more, with its name. */
  private static final int SMALL = 1024;

  private final FileConstants constants = new FileConstants();

  /** Subgraphs in subgraphs, each two messages deep. */
  private int depth;

  private OnnxFileReader() {}

  /**
   * @param model from position to limit
   */
  static OnnxFile read(ByteBuffer model) throws MalformedProto {
    try {
      return new OnnxFileReader().model(new ProtoMessage(model));
    } catch (BufferUnderflowException _) {
      throw new MalformedProto("cut off");
    }
  }

  private OnnxFile model(ProtoMessage in) throws MalformedProto {
    long opset = 0;
    Graph graph = new Graph(List.of(), List.of(), List.of(), Set.of(), Set.of());
    Map<OperatorName, Function> functions = new HashMap<>();
    while (in.next()) {
      switch (in.number()) {
        case 7 -> graph = graph(in.message());
        case 8 -> opset = Math.max(opset, opset(in.message()));
        case 25 -> addFunction(in.message(), functions);
        default -> {}
      }
    }
    return new OnnxFile(opset, graph, functions, constants);
  }

  /** The version, if it is that of ONNX's own operators. */
  private static long opset(ProtoMessage in) throws MalformedProto {
    String domain = "";
    long version = 0;
    while (in.next()) {
      switch (in.number()) {
        case 1 -> domain = in.text();
        case 2 -> version = in.value();
        default -> {}
      }
    }
    return canonical(domain).isEmpty() ? version : 0;
  }

  private static String canonical(String domain) {
    return domain.equals("ai.onnx") ? "" : domain;
  }

  private void addFunction(ProtoMessage in, Map<OperatorName, Function> functions)
      throws MalformedProto {
    String name = "";
    String domain = "";
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    List<Node> nodes = new ArrayList<>();
    while (in.next()) {
      switch (in.number()) {
        case 1 -> name = in.text();
        case 4 -> inputs.add(in.text());
        case 5 -> outputs.add(in.text());
        case 7 -> nodes.add(node(in.message()));
        case 10 -> domain = canonical(in.text());
        default -> {}
      }
    }
    functions.put(new OperatorName(domain, name), new Function(inputs, outputs, nodes));
  }

  private Graph graph(ProtoMessage in) throws MalformedProto {
    if (++depth > ProtoWire.MAX_DEPTH) {
      throw new MalformedProto("nested too deep");
    }
    List<Node> nodes = new ArrayList<>();
    List<Declaration> inputs = new ArrayList<>();
    List<Declaration> outputs = new ArrayList<>();
    Set<String> initializers = new HashSet<>();
    Set<String> trueConstants = new HashSet<>();
    while (in.next()) {
      switch (in.number()) {
        case 1 -> nodes.add(node(in.message()));
        case 5 -> addInitializer(in.message(), initializers, trueConstants);
        case 11 -> inputs.add(declaration(in.message()));
        case 12 -> outputs.add(declaration(in.message()));
        case 15 -> addSparseInitializer(in.message(), initializers);
        default -> {}
      }
    }
    depth--;
    // Before IR version 4 each initializer was declared an input, too.
    inputs.removeIf(input -> initializers.contains(input.name()));
    return new Graph(nodes, inputs, outputs, initializers, trueConstants);
  }

  private void addInitializer(ProtoMessage in, Set<String> initializers, Set<String> trueConstants)
      throws MalformedProto {
    Constant constant = constant(in);
    initializers.add(constant.name);
    if (constant.holdsTrue) {
      trueConstants.add(constant.name);
    }
  }

  private void addSparseInitializer(ProtoMessage in, Set<String> initializers)
      throws MalformedProto {
    while (in.next()) {
      if (in.number() == 1) {
        initializers.add(constant(in.message()).name);
      }
    }
  }

  private record Constant(String name, boolean holdsTrue) {}

  private Constant constant(ProtoMessage in) throws MalformedProto {
    String name = "";
    long type = 0;
    boolean nonZero = false;
    ByteBuffer raw = ByteBuffer.allocate(0);
    while (in.next()) {
      switch (in.number()) {
        case 2 -> type = in.value();
        case 4, 10 -> constants.addRaw(in.number() == 4 ? FLOAT : DOUBLE, in.bytes());
        case 5 -> nonZero |= in.value() != 0 || nonZero(in.bytes());
        case 6 -> constants.addText(in.text());
        case 8 -> name = in.text();
        case 9 -> {
          nonZero |= nonZero(in.bytes());
          raw = in.bytes();
        }
        default -> {}
      }
    }
    constants.addRaw(type, raw);
    return new Constant(name, type == BOOL && nonZero);
  }

  private static boolean nonZero(ByteBuffer bytes) {
    if (bytes.remaining() > SMALL) {
      return false;
    }
    while (bytes.hasRemaining()) {
      if (bytes.get() != 0) {
        return true;
      }
    }
    return false;
  }

  private Node node(ProtoMessage in) throws MalformedProto {
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    Map<String, Attribute> attributes = new HashMap<>();
    String type = "";
    String domain = "";
    while (in.next()) {
      switch (in.number()) {
        case 1 -> inputs.add(in.text());
        case 2 -> outputs.add(in.text());
        case 4 -> type = in.text();
        case 5 -> addAttribute(in.message(), attributes);
        case 7 -> domain = canonical(in.text());
        default -> {}
      }
    }
    return new Node(new OperatorName(domain, type), inputs, outputs, attributes);
  }

  private void addAttribute(ProtoMessage in, Map<String, Attribute> attributes)
      throws MalformedProto {
    String name = "";
    long number = 0;
    List<Long> numbers = new ArrayList<>();
    List<Graph> graphs = new ArrayList<>();
    boolean reference = false;
    boolean holdsTrue = false;
    while (in.next()) {
      switch (in.number()) {
        case 1 -> name = in.text();
        case 2, 7 -> constants.addFloats(in.bytes());
        case 3 -> number = in.value();
        case 5 -> holdsTrue = constant(in.message()).holdsTrue;
        case 6, 11 -> graphs.add(graph(in.message()));
        case 8 -> addNumbers(in, numbers);
        case 9 -> constants.addText(in.text());
        case 21 -> reference = true;
        default -> {}
      }
    }
    numbers.stream().limit(SMALL).forEach(constants::add);
    attributes.put(name, new Attribute(number, numbers, graphs, reference, holdsTrue));
  }

  /** One, or several packed. */
  private static void addNumbers(ProtoMessage in, List<Long> numbers) throws MalformedProto {
    ByteBuffer packed = in.bytes();
    if (!packed.hasRemaining()) {
      numbers.add(in.value());
    }
    while (packed.hasRemaining()) {
      numbers.add(ProtoWire.varint(packed));
    }
  }

  private static Declaration declaration(ProtoMessage in) throws MalformedProto {
    String name = "";
    Kind kind = Kind.UNKNOWN;
    Tensor tensor = new Tensor(0, false, "");
    while (in.next()) {
      if (in.number() == 1) {
        name = in.text();
      } else if (in.number() == 2) {
        ProtoMessage type = in.message();
        while (type.next()) {
          kind = kind == Kind.UNKNOWN ? kind(type.number()) : kind;
          if (type.number() == 1) {
            tensor = tensor(type.message());
          }
        }
      }
    }
    return new Declaration(name, kind, tensor.elementType, tensor.ranked, tensor.firstDimension);
  }

  /** By the number of its field in {@code TypeProto}. */
  private static Kind kind(int field) {
    return switch (field) {
      case 1 -> Kind.TENSOR;
      case 4 -> Kind.SEQUENCE;
      case 5 -> Kind.MAP;
      case 8 -> Kind.SPARSE_TENSOR;
      case 9 -> Kind.OPTIONAL;
      default -> Kind.UNKNOWN;
    };
  }

  private record Tensor(int elementType, boolean ranked, String firstDimension) {}

  private static Tensor tensor(ProtoMessage in) throws MalformedProto {
    int elementType = 0;
    boolean ranked = false;
    String firstDimension = "";
    while (in.next()) {
      switch (in.number()) {
        case 1 -> elementType = (int) in.value();
        case 2 -> {
          ranked = true;
          firstDimension = firstDimension(in.message());
        }
        default -> {}
      }
    }
    return new Tensor(elementType, ranked, firstDimension);
  }

  private static String firstDimension(ProtoMessage shape) throws MalformedProto {
    String name = "";
    while (shape.next()) {
      if (shape.number() == 1) {
        ProtoMessage dimension = shape.message();
        while (dimension.next()) {
          name = dimension.number() == 2 ? dimension.text() : name;
        }
        return name;
      }
    }
    return name;
  }
}
