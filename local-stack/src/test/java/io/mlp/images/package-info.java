/** The container images that MLP is built from and runs beside, and the files that name them. */
@NullMarked
package io.mlp.images;

import org.jspecify.annotations.NullMarked;
