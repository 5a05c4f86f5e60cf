package io.mlp.worker.repository;

import java.time.Duration;

/**
 * What holds for models that say nothing themselves.
 *
 * @param duration how long one run may take
 */
public record RunLimit(Duration duration) {}
