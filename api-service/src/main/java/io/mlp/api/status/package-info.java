/** Answers for jobs: by id, by waiting, as a list. */
@NullMarked
package io.mlp.api.status;

import org.jspecify.annotations.NullMarked;
