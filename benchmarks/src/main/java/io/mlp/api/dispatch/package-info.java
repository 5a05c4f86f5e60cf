/** Stands in for what the api's store needs of dispatching. */
@NullMarked
package io.mlp.api.dispatch;

import org.jspecify.annotations.NullMarked;
