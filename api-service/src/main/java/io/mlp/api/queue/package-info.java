/** Knows the queues of jobs: how many wait in each, how many may, and whose turn it is. */
@NullMarked
package io.mlp.api.queue;

import org.jspecify.annotations.NullMarked;
