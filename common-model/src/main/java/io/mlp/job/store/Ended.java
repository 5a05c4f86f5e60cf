package io.mlp.job.store;

import java.time.Instant;
import java.util.UUID;

/** A job that has ended, and until when it is kept. */
public record Ended(UUID id, Instant completedAt, Instant expiresAt) {}
