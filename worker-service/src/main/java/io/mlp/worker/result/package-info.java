/** Announces finished jobs, and keeps those that succeeded, and their answers, in Redis. */
@NullMarked
package io.mlp.worker.result;

import org.jspecify.annotations.NullMarked;
