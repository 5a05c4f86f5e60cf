package io.mlp.worker.job;

import java.time.Instant;

/** An outcome that PostgreSQL has taken: the job is terminal. */
public record RecordedJob(JobOutcome outcome, Instant completedAt, Instant expiresAt) {}
