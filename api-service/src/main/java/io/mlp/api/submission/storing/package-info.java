/** New jobs of many requests are stored by one statement and one commit, then get their tickets. */
@NullMarked
package io.mlp.api.submission.storing;

import org.jspecify.annotations.NullMarked;
