package io.mlp.worker.inference;

import io.mlp.worker.inference.OnnxFile.Attribute;
import io.mlp.worker.inference.OnnxFile.Declaration;
import io.mlp.worker.inference.OnnxFile.Function;
import io.mlp.worker.inference.OnnxFile.Graph;
import io.mlp.worker.inference.OnnxFile.Node;
import io.mlp.worker.inference.OnnxFile.OperatorName;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Follows the values of a model's inputs through its graph, subgraphs and functions, and finds
 * operators that may let one row's answer depend on another row. What is computed from shapes alone
 * does not count: all rows of a run have the same.
 */
final class GraphScan {
  /** ONNX's own domains and ONNX Runtime's; what others do is not known here. */
  private static final Set<String> KNOWN_DOMAINS =
      Set.of("", "ai.onnx.ml", "com.microsoft", "com.microsoft.nchwc");

  /** Names that converters give to each open dimension that has none. */
  private static final Pattern GENERATED =
      Pattern.compile("unk__\\d+|.*_dim_\\d+|.*_dynamic_axes_\\d+|p2o\\.DynamicDimension\\.\\d+");

  private static final int MAX_CALLS = 100;

  private final OnnxFile file;

  /** The first operator that couples rows, and the first that is random. */
  private @Nullable String coupling;

  private @Nullable String randomness;
  private int calls;

  private GraphScan(OnnxFile file) {
    this.file = file;
  }

  /**
   * What was found.
   *
   * @param coupling why rows may depend on one another, in words for operators; empty if nothing
   *     says so
   * @param randomness the random operator; empty if there is none
   * @param outputsOfValues names of the outputs that depend on the inputs' values, and not on their
   *     shapes alone
   */
  record Result(
      Optional<String> coupling, Optional<String> randomness, Set<String> outputsOfValues) {}

  static Result of(OnnxFile file) {
    return new GraphScan(file).scan();
  }

  private Result scan() {
    Graph graph = file.graph();
    Scope scope = new Scope(Set.of(), graph.trueConstants());
    graph.inputs().forEach(input -> scope.values.add(input.name()));
    follow(graph.nodes(), scope);
    firstDimensions(graph).ifPresent(this::couples);
    Set<String> outputs =
        graph.outputs().stream()
            .map(Declaration::name)
            .filter(scope.values::contains)
            .collect(Collectors.toUnmodifiableSet());
    return new Result(Optional.ofNullable(coupling), Optional.ofNullable(randomness), outputs);
  }

  /** Dimensions of different names are different ones, so they are not all the batch. */
  private static Optional<String> firstDimensions(Graph graph) {
    Set<String> names = new LinkedHashSet<>();
    Stream.concat(graph.inputs().stream(), graph.outputs().stream())
        .map(Declaration::firstDimension)
        .filter(name -> !name.isEmpty() && !GENERATED.matcher(name).matches())
        .forEach(names::add);
    return names.size() < 2
        ? Optional.empty()
        : Optional.of("the file calls the first dimensions of inputs and outputs " + names);
  }

  private void couples(String reason) {
    coupling = coupling == null ? reason : coupling;
  }

  /** The names in a graph that depend on the inputs' values, and what holds one true. */
  private static final class Scope {
    private final Set<String> values;
    private final Set<String> trues;

    Scope(Set<String> values, Set<String> trues) {
      this.values = new HashSet<>(values);
      this.trues = new HashSet<>(trues);
    }

    /** A subgraph sees all names around it. */
    Scope inner(Graph graph) {
      Scope inner = new Scope(values, trues);
      inner.trues.addAll(graph.trueConstants());
      inner.values.removeAll(graph.initializers());
      graph.inputs().forEach(input -> inner.values.remove(input.name()));
      return inner;
    }

    boolean ofValues(String name) {
      return !name.isEmpty() && values.contains(name);
    }

    boolean anyOfValues(List<String> names) {
      return names.stream().anyMatch(this::ofValues);
    }
  }

  private void follow(List<Node> nodes, Scope scope) {
    for (Node node : nodes) {
      Set<Integer> outputs = outputsOfValues(node, scope);
      for (int i = 0; i < node.outputs().size(); i++) {
        if (outputs.contains(i)) {
          scope.values.add(node.outputs().get(i));
        } else {
          scope.values.remove(node.outputs().get(i));
        }
      }
      Attribute constant = node.attributes().get("value");
      if (node.operator().type().equals("Constant") && constant != null && constant.holdsTrue()) {
        scope.trues.addAll(node.outputs());
      }
    }
  }

  /** Places of the node's outputs that depend on the inputs' values. */
  private Set<Integer> outputsOfValues(Node node, Scope scope) {
    OperatorName operator = node.operator();
    Function function = file.functions().get(operator);
    if (function != null) {
      return call(node, function, scope);
    }
    noteRandomness(node, scope);
    return switch (operator.type()) {
      case "Shape", "Size" -> Set.of();
      case "If" -> branches(node, scope);
      case "Loop" -> loop(node, scope);
      case "Scan" -> scanned(node, scope);
      default -> {
        boolean ofValues = scope.anyOfValues(node.inputs()) || ofSubgraph(node, scope);
        if (ofValues) {
          CouplingOperators.reason(node, file.opset(), scope::ofValues).ifPresent(this::couples);
          requireKnown(operator);
        }
        yield ofValues ? all(node) : Set.of();
      }
    };
  }

  private void requireKnown(OperatorName operator) {
    if (!KNOWN_DOMAINS.contains(operator.domain())) {
      couples(
          "what the operator %s of %s does is not known"
              .formatted(operator.type(), operator.domain()));
    }
  }

  private void noteRandomness(Node node, Scope scope) {
    if (CouplingOperators.random(
        node, name -> scope.trues.contains(name) || scope.ofValues(name))) {
      randomness = randomness == null ? node.operator().type() : randomness;
      couples("the operator " + node.operator().type() + " is random");
    }
  }

  private static Set<Integer> all(Node node) {
    return IntStream.range(0, node.outputs().size()).boxed().collect(Collectors.toSet());
  }

  /** Operators of sequences such as SequenceMap have subgraphs, too. */
  private boolean ofSubgraph(Node node, Scope scope) {
    boolean ofValues = false;
    for (Attribute attribute : node.attributes().values()) {
      for (Graph body : attribute.graphs()) {
        Scope inner = scope.inner(body);
        if (scope.anyOfValues(node.inputs())) {
          body.inputs().forEach(input -> inner.values.add(input.name()));
        }
        follow(body.nodes(), inner);
        ofValues |= body.outputs().stream().anyMatch(output -> inner.ofValues(output.name()));
      }
    }
    return ofValues;
  }

  private Set<Integer> branches(Node node, Scope scope) {
    if (scope.ofValues(node.input(0))) {
      couples("an If chooses its branch by values");
    }
    Set<Integer> ofValues = new HashSet<>();
    for (Attribute attribute : node.attributes().values()) {
      for (Graph branch : attribute.graphs()) {
        Scope inner = scope.inner(branch);
        follow(branch.nodes(), inner);
        ofValues.addAll(outputsOfValues(branch, inner));
      }
    }
    return scope.ofValues(node.input(0)) ? all(node) : ofValues;
  }

  private static Set<Integer> outputsOfValues(Graph graph, Scope scope) {
    return IntStream.range(0, graph.outputs().size())
        .filter(i -> scope.ofValues(graph.outputs().get(i).name()))
        .boxed()
        .collect(Collectors.toSet());
  }

  /** Inputs: trip count, condition, carried values. The body gives a condition and those. */
  private Set<Integer> loop(Node node, Scope scope) {
    Optional<Graph> found = node.graph("body");
    if (found.isEmpty()) {
      return all(node);
    }
    Graph body = found.get();
    Set<Integer> carried = new HashSet<>();
    for (int i = 2; i < node.inputs().size(); i++) {
      if (scope.ofValues(node.inputs().get(i))) {
        carried.add(i - 1);
      }
    }
    Set<Integer> outputs = body(body, scope, carried, node.inputs().size() - 1);
    if (scope.ofValues(node.input(0)) || scope.ofValues(node.input(1)) || outputs.contains(0)) {
      couples("a Loop ends by values");
      return all(node);
    }
    return outputs.stream().map(place -> place - 1).collect(Collectors.toSet());
  }

  /**
   * Follows a loop's body until nothing more depends on values.
   *
   * @param carried places of the body's outputs that do at first; body inputs are one further on
   * @param most places that are carried from one turn to the next
   */
  private Set<Integer> body(Graph body, Scope scope, Set<Integer> carried, int most) {
    while (true) {
      Scope inner = scope.inner(body);
      for (int place : carried) {
        if (place < most && place + 1 < body.inputs().size()) {
          inner.values.add(body.inputs().get(place + 1).name());
        }
      }
      follow(body.nodes(), inner);
      Set<Integer> outputs = outputsOfValues(body, inner);
      if (!carried.addAll(outputs)) {
        return carried;
      }
    }
  }

  /** Goes step by step along a dimension of each of its last inputs. */
  private Set<Integer> scanned(Node node, Scope scope) {
    boolean ofValues = scope.anyOfValues(node.inputs()) || ofSubgraph(node, scope);
    if (ofValues && !alongOtherDimensions(node)) {
      couples("a Scan goes over values, perhaps row by row");
    }
    return ofValues ? all(node) : Set.of();
  }

  /** Whether none of them is the first dimension, which it is if nothing is said. */
  private static boolean alongOtherDimensions(Node node) {
    Attribute axes = node.attributes().get("scan_input_axes");
    return axes != null
        && axes.numbers().size() == node.number("num_scan_inputs", 0)
        && axes.numbers().stream().allMatch(axis -> axis > 0);
  }

  private Set<Integer> call(Node node, Function function, Scope scope) {
    if (++calls > MAX_CALLS) {
      couples("its functions call one another without end");
      return all(node);
    }
    Scope inner = new Scope(Set.of(), Set.of());
    for (int i = 0; i < function.inputs().size(); i++) {
      if (scope.ofValues(node.input(i))) {
        inner.values.add(function.inputs().get(i));
      }
      if (scope.trues.contains(node.input(i))) {
        inner.trues.add(function.inputs().get(i));
      }
    }
    follow(function.nodes(), inner);
    calls--;
    return IntStream.range(0, function.outputs().size())
        .filter(place -> inner.ofValues(function.outputs().get(place)))
        .boxed()
        .collect(Collectors.toSet());
  }
}
