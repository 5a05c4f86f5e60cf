/**
 * Tensors by the rules of the Open Inference Protocol: types, shapes, values and their two forms.
 */
@NullMarked
package io.mlp.tensor;

import org.jspecify.annotations.NullMarked;
