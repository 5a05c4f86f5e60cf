/** Makes the api's turns without its context. */
@NullMarked
package io.mlp.api.queue;

import org.jspecify.annotations.NullMarked;
