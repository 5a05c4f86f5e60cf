/** Measures MLP beside the stack it replaces, and beside the limits of what it is built on. */
@NullMarked
package io.mlp.benchmark;

import org.jspecify.annotations.NullMarked;
