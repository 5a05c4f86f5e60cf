/** Finds model versions in the repository's folders and makes them ready to serve. */
@NullMarked
package io.mlp.worker.repository;

import org.jspecify.annotations.NullMarked;
