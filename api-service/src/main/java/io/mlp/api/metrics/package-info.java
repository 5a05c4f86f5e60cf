/** Counts what became of jobs here, and tells how the database fares. */
@NullMarked
package io.mlp.api.metrics;

import org.jspecify.annotations.NullMarked;
