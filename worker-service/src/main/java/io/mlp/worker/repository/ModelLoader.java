package io.mlp.worker.repository;

import com.sun.management.OperatingSystemMXBean;
import io.mlp.model.Batching;
import io.mlp.tensor.Tensor;
import io.mlp.worker.inference.ModelRefused;
import io.mlp.worker.inference.OnnxModel;
import io.mlp.worker.inference.ReadFailure;
import io.mlp.worker.trial.RowTrials;
import io.mlp.worker.trial.TrialRuns;
import io.mlp.worker.trial.Verdict;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Loads one version and runs it once, so that its first job finds it warm. */
final class ModelLoader {
  private final int intraOpThreads;
  private final RowTrials trials;

  ModelLoader(int intraOpThreads, RowTrials trials) {
    this.intraOpThreads = intraOpThreads;
    this.trials = trials;
  }

  /**
   * Loads it within its limit, of which the runs are told.
   *
   * @throws ModelRefused with a reason that begins with the file at fault
   */
  LoadedModel load(
      String name, int version, Path file, ModelDescription description, LoadLimit limit)
      throws ModelRefused {
    description.timeLimit().ifPresent(limit::ofRun);
    String shownFile = "%s/%d/%s".formatted(name, version, file.getFileName());
    String shownYaml = name + "/" + ModelYaml.FILE_NAME;
    run(shownFile, () -> requireRoom(file));
    OnnxModel onnx = at(shownFile, () -> OnnxModel.load(file, intraOpThreads));
    try {
      run(shownFile, () -> StorableSignature.require(onnx.signature()));
      Labels labels =
          at(shownYaml, () -> Labels.of(description.labels(), onnx.classes(), onnx.signature()));
      WarmUp warmUp = new WarmUp(new ModelVersion(name, version), onnx, description, limit);
      if (description.exampleJson().isPresent()) {
        run(shownYaml, () -> warmUp.onExample(description.exampleJson().get()));
      } else {
        run(shownFile, warmUp::onZeros);
      }
      Verdict verdict = at(shownYaml, () -> verdict(onnx, description, limit));
      return new LoadedModel(name, version, onnx, description, labels, verdict);
    } catch (ModelRefused | RuntimeException | Error e) {
      onnx.close();
      throw e;
    }
  }

  /** The operator's word counts without a trial. */
  private Verdict verdict(OnnxModel onnx, ModelDescription description, LoadLimit limit)
      throws ModelRefused {
    if (description.batched().isEmpty()) {
      List<Tensor> example =
          description.exampleJson().isPresent()
              ? ExampleInputs.parse(description.exampleJson().get(), onnx.signature())
              : List.of();
      return trials.verdict(
          onnx, description.maxBatchSize(), example, intraOpThreads, TrialRuns.of(onnx, limit));
    }
    boolean repeatable = onnx.randomness().isEmpty();
    if (!description.batched().get()) {
      return new Verdict(Batching.off(ModelYaml.FILE_NAME + " says so"), repeatable);
    }
    Optional<String> why = onnx.signature().whyNotBatched();
    if (why.isPresent()) {
      throw new ModelRefused("batching: true, but " + why.get());
    }
    return new Verdict(Batching.declared(description.maxBatchSize()), repeatable);
  }

  private interface Step<T> {
    T take() throws ModelRefused;
  }

  /**
   * ONNX Runtime takes a copy of the bytes, so at one moment there are two. The system would end a
   * process that takes more than it may have.
   */
  private static void requireRoom(Path file) throws ModelRefused {
    long most =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    try {
      long size = Files.isRegularFile(file) ? Files.size(file) : 0;
      if (2 * size > most) {
        throw new ModelRefused(
            "a file of %d MB takes twice its size to load, and this worker may have %d MB"
                .formatted(size >> 20, most >> 20));
      }
    } catch (IOException e) {
      throw new ModelRefused("the file cannot be read: " + ReadFailure.why(e), e);
    }
  }

  private interface Check {
    void run() throws ModelRefused;
  }

  private static void run(String where, Check check) throws ModelRefused {
    at(
        where,
        () -> {
          check.run();
          return where;
        });
  }

  private static <T> T at(String where, Step<T> step) throws ModelRefused {
    try {
      return step.take();
    } catch (ModelRefused e) {
      throw new ModelRefused(where + ": " + e.reason(), e);
    }
  }
}
