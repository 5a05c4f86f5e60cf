/** Serves the OpenAPI description and its page. */
@NullMarked
package io.mlp.api.docs;

import org.jspecify.annotations.NullMarked;
