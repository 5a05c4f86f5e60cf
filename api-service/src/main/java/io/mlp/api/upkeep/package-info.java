/** Ends or requeues jobs whose lease or deadline has passed. */
@NullMarked
package io.mlp.api.upkeep;

import org.jspecify.annotations.NullMarked;
