package io.mlp.worker.inference;

import io.mlp.worker.inference.OnnxFile.Attribute;
import io.mlp.worker.inference.OnnxFile.Node;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Operators that let rows depend on one another for what they are, whatever the dimension they work
 * on; all others are left to the test with values. Source: the operators' descriptions of ONNX
 * (opsets 1 to 27, ai.onnx.ml 1 to 5) and of ONNX Runtime's contrib operators.
 */
final class CouplingOperators {
  /** Their answer has as many elements as they find, or picks among all rows. */
  private static final Set<String> FINDING =
      Set.of(
          "NonMaxSuppression",
          "NonZero",
          "Unique",
          "StringSplit",
          "RoiAlign",
          "MaxRoiPool",
          "MaxUnpool",
          "RemovePadding",
          "RestorePadding",
          "PackedAttention",
          "PackedMultiHeadAttention",
          "BeamSearch",
          "GreedySearch",
          "WhisperBeamSearch");

  /** One scale for all that a run is given. */
  private static final Set<String> DYNAMIC_QUANTISATION =
      Set.of("DynamicQuantizeLinear", "DynamicQuantizeMatMul", "DynamicQuantizeLSTM");

  private static final Set<String> RANDOM =
      Set.of(
          "RandomNormal",
          "RandomNormalLike",
          "RandomUniform",
          "RandomUniformLike",
          "Multinomial",
          "Bernoulli",
          "Sampling");

  /** Places of the inputs that decide which shape the answer has. */
  private static final Map<String, int[]> SHAPE_INPUTS =
      Map.ofEntries(
          Map.entry("Compress", new int[] {1}),
          Map.entry("Reshape", new int[] {1}),
          Map.entry("Expand", new int[] {1}),
          Map.entry("Tile", new int[] {1}),
          Map.entry("ConstantOfShape", new int[] {0}),
          Map.entry("Range", new int[] {0, 1, 2}),
          Map.entry("OneHot", new int[] {1}),
          Map.entry("Resize", new int[] {1, 2, 3}),
          Map.entry("Upsample", new int[] {1}),
          Map.entry("Pad", new int[] {1, 3}),
          Map.entry("CenterCropPad", new int[] {1}),
          Map.entry("Slice", new int[] {1, 2, 3, 4}),
          Map.entry("TopK", new int[] {1}),
          Map.entry("Split", new int[] {1}),
          Map.entry("SplitToSequence", new int[] {1}),
          Map.entry("SequenceAt", new int[] {1}),
          Map.entry("Squeeze", new int[] {1}),
          Map.entry("Unsqueeze", new int[] {1}),
          Map.entry("Col2Im", new int[] {1, 2}),
          Map.entry("AffineGrid", new int[] {1}),
          Map.entry("DFT", new int[] {1, 2}),
          Map.entry("STFT", new int[] {1, 3}));

  private CouplingOperators() {}

  /**
   * Why a node that works on values couples rows; empty if it does not by itself.
   *
   * @param opset version of ONNX's own operators
   * @param ofValues whether the value of that name depends on those of the inputs
   */
  static Optional<String> reason(Node node, long opset, Predicate<String> ofValues) {
    String type = node.operator().type();
    if (FINDING.contains(type)) {
      return Optional.of("the answer of the operator %s depends on all rows".formatted(type));
    }
    if (DYNAMIC_QUANTISATION.contains(type)) {
      return Optional.of("the operator %s has one scale for all rows".formatted(type));
    }
    if (type.equals("BatchNormalization") && trains(node, opset)) {
      return Optional.of("a BatchNormalization in training mode takes the mean of all rows");
    }
    boolean shapedByValues =
        IntStream.of(SHAPE_INPUTS.getOrDefault(type, new int[0]))
            .anyMatch(place -> ofValues.test(node.input(place)));
    return shapedByValues
        ? Optional.of("the shape that the operator %s gives depends on values".formatted(type))
        : Optional.empty();
  }

  /** Until opset 13 further outputs told, until opset 6 an attribute did. */
  private static boolean trains(Node node, long opset) {
    Attribute mode = node.attributes().get("training_mode");
    boolean told = mode != null && (mode.reference() || mode.number() != 0);
    boolean furtherOutputs = node.outputs().stream().filter(name -> !name.isEmpty()).count() > 1;
    return told || furtherOutputs || (opset < 7 && node.number("is_test", 0) == 0);
  }

  /**
   * Whether a node gives other answers at each run.
   *
   * @param mayBeTrue whether the value of that name is true, or depends on those of the inputs
   */
  static boolean random(Node node, Predicate<String> mayBeTrue) {
    return RANDOM.contains(node.operator().type()) || mayBeTrue.test(trainingMode(node));
  }

  /** The input that makes a dropout random. */
  private static String trainingMode(Node node) {
    return switch (node.operator().type()) {
      case "Dropout", "BitmaskDropout" -> node.input(2);
      case "BiasDropout", "BitmaskBiasDropout" -> node.input(4);
      default -> "";
    };
  }
}
