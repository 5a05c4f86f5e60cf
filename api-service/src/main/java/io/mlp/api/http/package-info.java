/** Where the api listens. */
@NullMarked
package io.mlp.api.http;

import org.jspecify.annotations.NullMarked;
