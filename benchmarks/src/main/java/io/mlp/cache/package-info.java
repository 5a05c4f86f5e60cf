/** Measures what a look into the content cache costs besides Redis. */
@NullMarked
package io.mlp.cache;

import org.jspecify.annotations.NullMarked;
