/** Takes a job in: reads and validates the request, stores it in a shared commit. */
@NullMarked
package io.mlp.api.submission;

import org.jspecify.annotations.NullMarked;
