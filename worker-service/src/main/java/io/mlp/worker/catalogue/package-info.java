/** Registers this worker and the models it has loaded. */
@NullMarked
package io.mlp.worker.catalogue;

import org.jspecify.annotations.NullMarked;
