package io.mlp.api.submission;

import io.mlp.api.idempotency.IdempotencyKey;
import io.mlp.api.model.CataloguedVersion;
import io.mlp.tensor.Tensor;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job that has passed every check and may be stored.
 *
 * @param pinned whether its client named the version: then it runs on no other
 * @param key if its client has named the submission, to be stored with the job or not at all
 */
record NewJob(
    UUID id,
    CataloguedVersion version,
    boolean pinned,
    String owner,
    List<Tensor> inputs,
    @Nullable List<String> outputs,
    int priority,
    int maxAttempts,
    @Nullable Instant deadline,
    Map<String, String> metadata,
    @Nullable IdempotencyKey key) {

  /** The same job, under a key. */
  NewJob under(IdempotencyKey name) {
    return new NewJob(
        id,
        version,
        pinned,
        owner,
        inputs,
        outputs,
        priority,
        maxAttempts,
        deadline,
        metadata,
        name);
  }
}
