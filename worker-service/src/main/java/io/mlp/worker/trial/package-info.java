/** Tries out whether a model's rows are independent, so that they may share a run. */
@NullMarked
package io.mlp.worker.trial;

import org.jspecify.annotations.NullMarked;
