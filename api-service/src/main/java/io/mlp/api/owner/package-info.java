/** Who calls, by which key, and what that key allows. */
@NullMarked
package io.mlp.api.owner;

import org.jspecify.annotations.NullMarked;
