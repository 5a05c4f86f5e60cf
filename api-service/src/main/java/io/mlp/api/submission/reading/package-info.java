/**
 * The body of a submission becomes a request: bounded in bytes, well-formed, not yet held against a
 * model.
 */
@NullMarked
package io.mlp.api.submission.reading;

import org.jspecify.annotations.NullMarked;
