/** Measures what a worker adds to ONNX Runtime. */
@NullMarked
package io.mlp.worker.inference;

import org.jspecify.annotations.NullMarked;
