/** The worker service: runs jobs on ONNX models and records what came of them. */
@NullMarked
package io.mlp.worker;

import org.jspecify.annotations.NullMarked;
