/** Answers of models kept in Redis by what was asked, so that equal questions are computed once. */
@NullMarked
package io.mlp.cache;

import org.jspecify.annotations.NullMarked;
