/** Says whether the worker takes jobs. */
@NullMarked
package io.mlp.worker.health;

import org.jspecify.annotations.NullMarked;
