/** Writes down who did what to jobs and keys, and shows it to administrators. */
@NullMarked
package io.mlp.api.audit;

import org.jspecify.annotations.NullMarked;
