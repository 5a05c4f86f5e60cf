/** Announces finished jobs, and leaves those in Redis that have succeeded. */
@NullMarked
package io.mlp.worker.result;

import org.jspecify.annotations.NullMarked;
