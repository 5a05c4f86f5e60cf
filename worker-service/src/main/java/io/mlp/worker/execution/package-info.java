/** Runs batches of jobs: claims them, infers, records their outcomes, announces them. */
@NullMarked
package io.mlp.worker.execution;

import org.jspecify.annotations.NullMarked;
