package io.mlp.worker.repository;

import io.mlp.cache.ContentKey;
import io.mlp.job.Prediction;
import io.mlp.model.Batching;
import io.mlp.tensor.Tensor;
import io.mlp.worker.inference.OnnxModel;
import io.mlp.worker.trial.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A model version that is loaded and warmed; its owner closes it. */
public final class LoadedModel implements LoadResult, AutoCloseable {
  private final String name;
  private final int version;
  private final OnnxModel onnx;
  private final ModelDescription description;
  private final Labels labels;
  private final ContentKey.Scope contentScope;
  private final Verdict verdict;

  /** What all workers agree on. */
  private volatile Verdict agreed;

  LoadedModel(
      String name,
      int version,
      OnnxModel onnx,
      ModelDescription description,
      Labels labels,
      Verdict verdict) {
    this.name = name;
    this.version = version;
    this.onnx = onnx;
    this.description = description;
    this.labels = labels;
    this.verdict = verdict;
    this.agreed = verdict;
    this.contentScope = ContentKey.Scope.of(onnx.digest(), description.labels());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int version() {
    return version;
  }

  public OnnxModel onnx() {
    return onnx;
  }

  public ModelDescription description() {
    return description;
  }

  /** Whether the same bytes are described in the same words. */
  public boolean sameAs(LoadedModel other) {
    return onnx.digest().equals(other.onnx.digest()) && description.equals(other.description);
  }

  /** What this worker has found out about it. */
  public Verdict verdict() {
    return verdict;
  }

  /**
   * Why its rows do not share runs, though its shapes look as if they might and its operator has
   * said nothing; empty otherwise.
   */
  public Optional<String> whyNotBatched() {
    boolean looksBatched = onnx.signature().whyNotBatched().isEmpty();
    return looksBatched && description.batched().isEmpty()
        ? verdict.batching().reason()
        : Optional.empty();
  }

  /** Whether rows may share a run, as far as all workers agree. */
  public Batching batching() {
    return agreed.batching();
  }

  /** Takes over what all workers agree on. */
  public void agree(Verdict verdictOfAll) {
    agreed = verdictOfAll;
  }

  /** Whether an answer may serve another job that asks the same. */
  public boolean repeatable() {
    return agreed.repeatable();
  }

  /** How long one run may take, if {@code model.yaml} says so. */
  public Optional<Duration> timeLimit() {
    return description.timeLimit();
  }

  /** How long its answers are kept for others, if {@code model.yaml} says so. */
  public Optional<Duration> cacheTtl() {
    return description.cacheTtl();
  }

  /** Makes the keys under which its answers are kept. */
  public ContentKey.Scope contentScope() {
    return contentScope;
  }

  /** The outputs that {@link #predictions} needs; none if the model has no labels. */
  public Set<String> predictionOutputs() {
    return labels.outputs();
  }

  /**
   * What the model says of each row, in the words of its labels, by this convention: an INT64
   * output {@code label} with one element per row is the index into the labels or, where the file
   * numbers its classes otherwise, the number of a class, which has the label at its place. The
   * first FP32 or FP64 output with one element a row and label holds the scores; a score that is
   * not finite is left out. Without the output {@code label}, the greatest score wins, the first of
   * equals.
   *
   * @param outputs holds at least {@link #predictionOutputs()}
   * @return one prediction a row; empty if the model has no labels, if the outputs pick none (an
   *     index that has no label, a row whose scores are all NaN), or if there are more than 10,000
   *     rows
   */
  public Optional<List<Prediction>> predictions(List<Tensor> outputs) {
    return labels.read(outputs);
  }

  @Override
  public void close() {
    onnx.close();
  }
}
