/** Knows submissions by the names that clients give them, so that one sent twice makes one job. */
@NullMarked
package io.mlp.api.idempotency;

import org.jspecify.annotations.NullMarked;
