/** Measures what the api does with each request. */
@NullMarked
package io.mlp.api.submission.reading;

import org.jspecify.annotations.NullMarked;
