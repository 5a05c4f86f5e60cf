/** Says which model may run when: a thread, further batches, and who computes beside whom. */
@NullMarked
package io.mlp.worker.schedule;

import org.jspecify.annotations.NullMarked;
