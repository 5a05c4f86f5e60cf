package io.mlp.job.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mlp.job.JobContent;
import io.mlp.job.JobJson;
import io.mlp.job.Prediction;
import io.mlp.job.TraceContext;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorCodec;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job that is to be stored.
 *
 * @param pinned whether its client named the version: then it runs on no other
 * @param submittedWith name of the key that its client sent
 * @param sequence its place in the backlog; null if its ticket is sent after the commit
 * @param key if its client has named the submission, to be stored with the job or not at all
 * @param answer if it is known already: then the job is stored as one that has succeeded
 */
public record Submission(
    UUID id,
    int modelVersionId,
    boolean pinned,
    String owner,
    String submittedWith,
    JobContent content,
    int priority,
    @Nullable Long sequence,
    int maxAttempts,
    @Nullable Instant deadline,
    @Nullable Key key,
    @Nullable Answer answer) {
  /**
   * What its client calls a submission, and what was sent under that name.
   *
   * @param fingerprint SHA-256 of the body, in hex
   */
  public record Key(String name, String fingerprint) {}

  /**
   * What another job that asked the same was answered.
   *
   * @param digest of the model file that answered
   */
  public record Answer(
      List<Tensor> outputs, @Nullable List<Prediction> predictions, String digest) {

    byte[] storedOutputs() {
      return TensorCodec.encode(outputs);
    }

    @Nullable String storedPredictions() {
      return predictions == null ? null : new String(JobJson.predictions(predictions), UTF_8);
    }
  }

  /** The same one, under its client's key. */
  public Submission under(Key itsKey) {
    return with(content, sequence, itsKey, answer);
  }

  /** The same one, whose answer is known. */
  public Submission answered(Answer known) {
    return with(content, sequence, key, known);
  }

  /** The same one, at that place in the backlog. */
  public Submission placed(long place) {
    return with(content, place, key, answer);
  }

  /** The same one, within a trace. */
  public Submission in(TraceContext trace) {
    JobContent traced = new JobContent(content.inputs(), content.options().in(trace));
    return with(traced, sequence, key, answer);
  }

  private Submission with(
      JobContent itsContent,
      @Nullable Long itsPlace,
      @Nullable Key itsKey,
      @Nullable Answer itsAnswer) {
    return new Submission(
        id,
        modelVersionId,
        pinned,
        owner,
        submittedWith,
        itsContent,
        priority,
        itsPlace,
        maxAttempts,
        deadline,
        itsKey,
        itsAnswer);
  }

  @Nullable String storedDeadline() {
    return deadline == null ? null : deadline.toString();
  }
}
