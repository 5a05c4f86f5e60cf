/** Finished jobs and known answers in Redis, each purpose behind a circuit breaker. */
@NullMarked
package io.mlp.cache;

import org.jspecify.annotations.NullMarked;
