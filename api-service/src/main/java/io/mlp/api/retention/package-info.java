/** Deletes what has been kept for long enough. */
@NullMarked
package io.mlp.api.retention;

import org.jspecify.annotations.NullMarked;
