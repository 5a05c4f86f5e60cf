package io.mlp.api.submission.reading;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The body of {@code POST /v1/jobs} as it was sent: well-formed, not yet held against a model. */
public record JobRequest(
    String model,
    @Nullable String version,
    List<RawTensor> inputs,
    @Nullable List<String> outputs,
    @Nullable Integer priority,
    @Nullable String deadline,
    @Nullable Integer maxAttempts,
    @Nullable String cache,
    Map<String, String> metadata) {}
