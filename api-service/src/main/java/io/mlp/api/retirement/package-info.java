/** Moves jobs that wait for a retired model version to another one, or ends them. */
@NullMarked
package io.mlp.api.retirement;

import org.jspecify.annotations.NullMarked;
