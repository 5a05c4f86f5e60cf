package io.mlp.worker.trial;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorCodec;
import io.mlp.worker.inference.InferenceOutcome.Succeeded;
import io.mlp.worker.inference.OnnxModel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Gives verdicts on models: those that are known, and others by a trial. */
public final class RowTrials {
  private final Verdicts verdicts;
  private final Budget budget;
  private final String processor = sha256(Processor.features().getBytes(UTF_8));

  public RowTrials(Verdicts verdicts, Budget budget) {
    this.verdicts = verdicts;
    this.budget = budget;
  }

  /**
   * The verdict on a model of which nobody says whether it may be batched.
   *
   * @param maxRows that one run is to take
   * @param example inputs that the model answers; none if nobody gives any
   * @param intraOpThreads threads of a run
   */
  public Verdict verdict(
      OnnxModel model, int maxRows, List<Tensor> example, int intraOpThreads, TrialRuns runs) {
    Optional<Verdict> told = RowTrial.withoutRunning(model);
    if (told.isPresent()) {
      Verdict verdict = told.get();
      return new Verdict(verdict.batching(), verdict.repeatable() && repeats(example, runs));
    }
    Circumstances circumstances =
        new Circumstances(
            model.digest(),
            OnnxModel.runtimeVersion(),
            processor,
            "%d %d %d %s"
                .formatted(
                    RowTrial.REVISION,
                    maxRows,
                    intraOpThreads,
                    sha256(TensorCodec.encode(example))));
    Optional<Verdict> known = verdicts.find(circumstances);
    if (known.isPresent()) {
      return known.get();
    }
    long start = System.nanoTime();
    Verdict verdict = RowTrial.of(model, maxRows, example, budget, runs);
    verdicts.keep(circumstances, verdict, Duration.ofNanos(System.nanoTime() - start));
    return verdict;
  }

  /** Whether the example gets the same answer twice, if there is one. */
  private static boolean repeats(List<Tensor> example, TrialRuns runs) {
    return example.isEmpty()
        || !(runs.run(example) instanceof Succeeded first)
        || !(runs.run(example) instanceof Succeeded second)
        || first.outputs().equals(second.outputs());
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
