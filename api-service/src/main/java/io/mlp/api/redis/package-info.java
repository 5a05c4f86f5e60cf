/** Hears by way of Redis which jobs have finished. */
@NullMarked
package io.mlp.api.redis;

import org.jspecify.annotations.NullMarked;
