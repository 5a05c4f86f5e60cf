/** One read of the database for all who ask for it at the same moment. */
@NullMarked
package io.mlp.api.lookup;

import org.jspecify.annotations.NullMarked;
