/** Lets clients end a job before its time and try one again that ended without a result. */
@NullMarked
package io.mlp.api.control;

import org.jspecify.annotations.NullMarked;
