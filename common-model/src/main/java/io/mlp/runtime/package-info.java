/** What api and worker want of the JVM they run on. */
@NullMarked
package io.mlp.runtime;

import org.jspecify.annotations.NullMarked;
