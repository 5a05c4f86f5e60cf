/** A request that keeps every rule of the API and of its model becomes a job that may be stored. */
@NullMarked
package io.mlp.api.submission.validation;

import org.jspecify.annotations.NullMarked;
