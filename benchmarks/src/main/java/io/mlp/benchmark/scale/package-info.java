/** Fills MLP's tables, and watches what PostgreSQL makes of that. */
@NullMarked
package io.mlp.benchmark.scale;

import org.jspecify.annotations.NullMarked;
