/** Says what went wrong, as RFC 9457 problems and Open Inference Protocol errors. */
@NullMarked
package io.mlp.api.problem;

import org.jspecify.annotations.NullMarked;
