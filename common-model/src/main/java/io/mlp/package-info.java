@NullMarked
package io.mlp;

import org.jspecify.annotations.NullMarked;
