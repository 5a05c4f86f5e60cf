/** Lets others use the database while MLP works, and tells what that does to it. */
@NullMarked
package io.mlp.benchmark.disturbance;

import org.jspecify.annotations.NullMarked;
