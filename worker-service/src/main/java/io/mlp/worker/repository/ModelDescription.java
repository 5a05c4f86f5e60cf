package io.mlp.worker.repository;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What {@code model.yaml} says of a model, for all its versions.
 *
 * @param description for people
 * @param labels the text of each class, by its index; empty if the model names none
 * @param exampleJson inputs that the model answers: a JSON object that gives for each input's name
 *     nested arrays, or an object with nothing but a shape
 * @param batched whether rows may share a run; empty if a trial is to find out
 * @param maxBatchSize rows that one run may take, at least 1
 * @param timeLimit how long one run may take; empty if the worker's own limit will do
 * @param cacheTtl how long answers are kept for jobs that ask the same; empty if only jobs that ask
 *     for it use the cache
 */
public record ModelDescription(
    Optional<String> description,
    List<String> labels,
    Optional<String> exampleJson,
    Optional<Boolean> batched,
    int maxBatchSize,
    Optional<Duration> timeLimit,
    Optional<Duration> cacheTtl) {
  private static final int DEFAULT_MAX_BATCH_SIZE = 64;

  /** Of a model without the file. */
  static final ModelDescription NONE =
      new ModelDescription(
          Optional.empty(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          DEFAULT_MAX_BATCH_SIZE,
          Optional.empty(),
          Optional.empty());
}
