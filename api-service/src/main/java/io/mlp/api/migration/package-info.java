/** Brings the schema and who may read it up to date, once, before api and worker start. */
@NullMarked
package io.mlp.api.migration;

import org.jspecify.annotations.NullMarked;
