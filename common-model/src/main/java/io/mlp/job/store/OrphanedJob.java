package io.mlp.job.store;

import io.mlp.job.JobOptions;
import io.mlp.tensor.Tensor;
import java.util.List;
import java.util.UUID;

/**
 * A job that waits for a version that is retired.
 *
 * @param pinned whether its client named the version
 * @param inputs left out of a pinned job
 */
public record OrphanedJob(
    UUID id, int fence, boolean pinned, List<Tensor> inputs, JobOptions options) {}
