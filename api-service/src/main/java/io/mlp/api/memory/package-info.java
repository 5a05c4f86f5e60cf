/** How much of the heap requests and answers may hold together. */
@NullMarked
package io.mlp.api.memory;

import org.jspecify.annotations.NullMarked;
