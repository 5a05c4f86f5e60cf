/** Which requests are traced, and the trace that a job belongs to. */
@NullMarked
package io.mlp.api.trace;

import org.jspecify.annotations.NullMarked;
