/** Says whether the service lives and can take jobs. */
@NullMarked
package io.mlp.api.health;

import org.jspecify.annotations.NullMarked;
