/** Knows the models that workers have registered. */
@NullMarked
package io.mlp.api.model;

import org.jspecify.annotations.NullMarked;
