/** What a job is, the states it moves through, and how it is shown. */
@NullMarked
package io.mlp.job;

import org.jspecify.annotations.NullMarked;
