/** Kills, freezes and restarts everything that MLP runs on, and counts the jobs afterwards. */
@NullMarked
package io.mlp.chaos;

import org.jspecify.annotations.NullMarked;
