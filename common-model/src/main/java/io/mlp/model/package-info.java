/** What a model version takes and gives. */
@NullMarked
package io.mlp.model;

import org.jspecify.annotations.NullMarked;
