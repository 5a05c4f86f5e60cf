/** A load driver that costs so little CPU that it does not blur what it drives. */
@NullMarked
package io.mlp.benchmark.driver;

import org.jspecify.annotations.NullMarked;
