/**
 * Lets clients end a job before its time, try one again that ended without a result, and delete one
 * that has ended.
 */
@NullMarked
package io.mlp.api.control;

import org.jspecify.annotations.NullMarked;
