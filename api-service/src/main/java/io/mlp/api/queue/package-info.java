/** Knows the queues of jobs: whose turn it is in them. */
@NullMarked
package io.mlp.api.queue;

import org.jspecify.annotations.NullMarked;
