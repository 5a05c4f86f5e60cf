/** The whole of MLP in one process, from an empty machine to a first result, for people. */
@NullMarked
package io.mlp.local;

import org.jspecify.annotations.NullMarked;
