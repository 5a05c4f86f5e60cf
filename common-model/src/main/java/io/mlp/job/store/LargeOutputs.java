package io.mlp.job.store;

import java.time.Instant;
import java.util.UUID;

/**
 * Outputs that are too large to come with their job, and are read in pieces.
 *
 * @param completedAt when the job ended with them
 * @param bytes of their stored form
 */
public record LargeOutputs(UUID jobId, Instant completedAt, int bytes) {}
