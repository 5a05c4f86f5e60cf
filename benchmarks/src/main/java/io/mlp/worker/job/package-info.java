/** Drives the worker's statements without a worker. */
@NullMarked
package io.mlp.worker.job;

import org.jspecify.annotations.NullMarked;
