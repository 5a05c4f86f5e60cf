@NullMarked
package io.mlp.local;

import org.jspecify.annotations.NullMarked;
