package io.mlp.worker.result;

import io.mlp.cache.CachedAnswer;
import io.mlp.cache.ContentKey;
import java.time.Duration;
import java.util.Optional;

/**
 * An answer to be kept for jobs that ask the same.
 *
 * @param keep how long, if its model says so
 */
public record NewAnswer(ContentKey key, CachedAnswer answer, Optional<Duration> keep) {}
