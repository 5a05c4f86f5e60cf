@NullMarked
package io.mlp.worker;

import org.jspecify.annotations.NullMarked;
