/** The stacks that are measured, as processes beside the servers that they share. */
@NullMarked
package io.mlp.benchmark.stack;

import org.jspecify.annotations.NullMarked;
