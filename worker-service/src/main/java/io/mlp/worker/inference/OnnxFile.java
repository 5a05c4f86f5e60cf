package io.mlp.worker.inference;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What an ONNX file says of its computation, without the weights.
 *
 * @param opset version of ONNX's own operators; 0 if the file names none
 * @param functions the operators that the file defines by itself
 * @param constants small ones, of all graphs
 */
record OnnxFile(
    long opset, Graph graph, Map<OperatorName, Function> functions, FileConstants constants) {

  private static final Set<String> CLASSIFIERS =
      Set.of("TreeEnsembleClassifier", "LinearClassifier", "SVMClassifier");

  /** The numbers of a classifier's classes, in the order of their scores; none if it has none. */
  List<Long> classes() {
    return graph.nodes.stream()
        .filter(node -> CLASSIFIERS.contains(node.operator.type))
        .flatMap(
            node -> Stream.of("classlabels_int64s", "classlabels_ints").map(node.attributes::get))
        .filter(Objects::nonNull)
        .map(Attribute::numbers)
        .findFirst()
        .orElse(List.of());
  }

  /** The name of an operator; the domain of ONNX's own is empty. */
  record OperatorName(String domain, String type) {}

  /**
   * Nodes in the order in which they can be computed.
   *
   * @param inputs those that a run has to give: initializers are none of them
   * @param trueConstants names of the initializers that hold one true
   */
  record Graph(
      List<Node> nodes,
      List<Declaration> inputs,
      List<Declaration> outputs,
      Set<String> initializers,
      Set<String> trueConstants) {}

  /** An operator that the file defines. */
  record Function(List<String> inputs, List<String> outputs, List<Node> nodes) {}

  /** One application of an operator; an input that is left out has an empty name. */
  record Node(
      OperatorName operator,
      List<String> inputs,
      List<String> outputs,
      Map<String, Attribute> attributes) {

    /** The number of that name, or what the operator takes otherwise. */
    long number(String attribute, long otherwise) {
      Attribute found = attributes.get(attribute);
      return found == null ? otherwise : found.number();
    }

    Optional<Graph> graph(String attribute) {
      return Optional.ofNullable(attributes.get(attribute))
          .flatMap(found -> found.graphs().stream().findFirst());
    }

    /** The input at that place; empty if it is left out. */
    String input(int place) {
      return place < inputs.size() ? inputs.get(place) : "";
    }
  }

  /**
   * A value that a node is given at once.
   *
   * @param number if it is one; 0 otherwise
   * @param numbers if it is several whole ones
   * @param reference whether the value is that of the function's caller
   * @param holdsTrue whether it is a tensor of one true
   */
  record Attribute(
      long number, List<Long> numbers, List<Graph> graphs, boolean reference, boolean holdsTrue) {}

  /** What an input or an output is. */
  enum Kind {
    TENSOR,
    SEQUENCE,
    MAP,
    SPARSE_TENSOR,
    OPTIONAL,
    UNKNOWN
  }

  /**
   * An input or an output.
   *
   * @param elementType number of {@code TensorProto.DataType}; 0 if it is no tensor
   * @param ranked whether it is a tensor and the file says how many dimensions it has
   * @param firstDimension name of the first dimension; empty if it has none, or a size
   */
  record Declaration(
      String name, Kind kind, int elementType, boolean ranked, String firstDimension) {}
}
