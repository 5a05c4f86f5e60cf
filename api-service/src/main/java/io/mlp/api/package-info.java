/** The api service: takes jobs in and answers for them. */
@NullMarked
package io.mlp.api;

import org.jspecify.annotations.NullMarked;
