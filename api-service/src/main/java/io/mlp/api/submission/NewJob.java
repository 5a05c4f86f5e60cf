package io.mlp.api.submission;

import io.mlp.api.model.CataloguedVersion;
import io.mlp.tensor.Tensor;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A job that has passed every check and may be stored. */
record NewJob(
    UUID id,
    CataloguedVersion version,
    String owner,
    List<Tensor> inputs,
    @Nullable List<String> outputs,
    int priority,
    int maxAttempts,
    @Nullable Instant deadline,
    Map<String, String> metadata) {}
