/** Runs ONNX models on tensors, alone and in micro-batches. */
@NullMarked
package io.mlp.worker.inference;

import org.jspecify.annotations.NullMarked;
