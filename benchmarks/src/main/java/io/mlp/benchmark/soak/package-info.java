/** Watches a stack for a long time, for what grows. */
@NullMarked
package io.mlp.benchmark.soak;

import org.jspecify.annotations.NullMarked;
