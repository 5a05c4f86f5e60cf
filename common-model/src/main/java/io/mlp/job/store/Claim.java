package io.mlp.job.store;

import java.util.UUID;

/** A job under the fence that it was claimed with. */
public record Claim(UUID id, int fence) {}
