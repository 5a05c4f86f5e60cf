/** What MLP is built on, driven alone: no figure of MLP's can be better than these. */
@NullMarked
package io.mlp.benchmark.limit;

import org.jspecify.annotations.NullMarked;
