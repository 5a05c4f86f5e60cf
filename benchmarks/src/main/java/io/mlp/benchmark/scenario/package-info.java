/** What is done to a stack, and what is measured meanwhile. */
@NullMarked
package io.mlp.benchmark.scenario;

import org.jspecify.annotations.NullMarked;
