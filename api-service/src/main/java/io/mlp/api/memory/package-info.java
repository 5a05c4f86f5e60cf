/** How much of the heap and of the processors large requests and answers may have together. */
@NullMarked
package io.mlp.api.memory;

import org.jspecify.annotations.NullMarked;
