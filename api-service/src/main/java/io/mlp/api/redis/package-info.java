/** Reaches Redis for as long as it answers, and does without it otherwise. */
@NullMarked
package io.mlp.api.redis;

import org.jspecify.annotations.NullMarked;
