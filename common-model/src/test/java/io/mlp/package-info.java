/** Tests of what all of common-model must hold to, and the golden files they compare with. */
@NullMarked
package io.mlp;

import org.jspecify.annotations.NullMarked;
