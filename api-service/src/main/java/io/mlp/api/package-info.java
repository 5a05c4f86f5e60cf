@NullMarked
package io.mlp.api;

import org.jspecify.annotations.NullMarked;
