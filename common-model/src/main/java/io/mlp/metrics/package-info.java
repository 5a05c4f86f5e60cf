/** What api and worker count by the same names. */
@NullMarked
package io.mlp.metrics;

import org.jspecify.annotations.NullMarked;
