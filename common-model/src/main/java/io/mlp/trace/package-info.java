/** Traces: which are recorded, and the spans of jobs that are. */
@NullMarked
package io.mlp.trace;

import org.jspecify.annotations.NullMarked;
