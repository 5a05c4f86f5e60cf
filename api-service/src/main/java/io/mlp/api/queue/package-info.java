/** Knows the queues of jobs: how many wait in each, and how many may. */
@NullMarked
package io.mlp.api.queue;

import org.jspecify.annotations.NullMarked;
