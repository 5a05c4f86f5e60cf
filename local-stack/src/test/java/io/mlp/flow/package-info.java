/** The whole flow of jobs, from the HTTP request to the recorded outcome, on real servers. */
@NullMarked
package io.mlp.flow;

import org.jspecify.annotations.NullMarked;
