/** How much a key may do per second, over all replicas together. */
@NullMarked
package io.mlp.api.limit;

import org.jspecify.annotations.NullMarked;
