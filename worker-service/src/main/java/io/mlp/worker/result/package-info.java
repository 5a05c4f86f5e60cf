/** Leaves finished jobs in Redis and announces them. */
@NullMarked
package io.mlp.worker.result;

import org.jspecify.annotations.NullMarked;
