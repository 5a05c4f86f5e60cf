package io.mlp.worker.trial;

import static io.mlp.worker.inference.TestTensors.fp32;
import static io.mlp.worker.inference.TestTensors.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.model.Batching;
import io.mlp.tensor.Tensor;
import io.mlp.worker.inference.InferenceOutcome.Succeeded;
import io.mlp.worker.inference.ModelRefused;
import io.mlp.worker.inference.OnnxModel;
import io.mlp.worker.inference.RunObserver;
import io.mlp.worker.inference.TestModels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A trial is made where nobody knows its verdict yet. */
class RowTrialsTest {
  private final KeptVerdicts kept = new KeptVerdicts();
  private final RowTrials trials = new RowTrials(kept, Budget.DEFAULT);
  private final List<Tensor> ran = new ArrayList<>();

  private static final class KeptVerdicts implements Verdicts {
    private final Map<Circumstances, Verdict> verdicts = new HashMap<>();

    @Override
    public Optional<Verdict> find(Circumstances circumstances) {
      return Optional.ofNullable(verdicts.get(circumstances));
    }

    @Override
    public void keep(Circumstances circumstances, Verdict verdict, Duration took) {
      verdicts.put(circumstances, verdict);
    }
  }

  private Verdict verdict(OnnxModel model, int maxRows, List<Tensor> example) {
    TrialRuns runs = TrialRuns.of(model, RunObserver.NONE);
    return trials.verdict(
        model,
        maxRows,
        example,
        1,
        inputs -> {
          ran.addAll(inputs);
          return runs.run(inputs);
        });
  }

  @Test
  void triesNothingThatWasTried() throws ModelRefused {
    try (OnnxModel model = OnnxModel.load(TestModels.tiny("any_width.onnx"), 1)) {
      Verdict first = verdict(model, 64, List.of());
      ran.clear();

      assertThat(verdict(model, 64, List.of())).isEqualTo(first);
      assertThat(ran).isEmpty();
    }
  }

  /** More rows than were tried may be more than are independent, and other values may tell more. */
  @Test
  void triesAgain_whenOtherRowsOrAnotherExampleAreAskedFor() throws ModelRefused {
    try (OnnxModel model = OnnxModel.load(TestModels.tiny("any_width.onnx"), 1)) {
      verdict(model, 8, List.of());

      assertThat(verdict(model, 64, List.of()).batching()).isEqualTo(Batching.tested(64));
      verdict(model, 64, List.of(fp32("x", shape(1, 3), 1, 2, 3)));
      assertThat(kept.verdicts).hasSize(3);
    }
  }

  @Test
  void noAnswerServesAnotherJob_whereTheExampleGetsTwo() throws ModelRefused {
    List<Tensor> example = List.of(fp32("x", shape(), 3));
    float[] answer = new float[1];
    try (OnnxModel model = OnnxModel.load(TestModels.tiny("scalar.onnx"), 1)) {
      assertThat(verdict(model, 64, example).repeatable()).isTrue();
      Verdict verdict =
          trials.verdict(
              model,
              64,
              example,
              1,
              _ -> new Succeeded(List.of(fp32("y", shape(), answer[0]++)), Duration.ZERO, 1));
      assertThat(verdict.batching().on()).isFalse();
      assertThat(verdict.repeatable()).isFalse();
    }
  }
}
