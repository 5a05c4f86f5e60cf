/** What the log tells of outages: a line where one begins, and one where it ends. */
@NullMarked
package io.mlp.outage;

import org.jspecify.annotations.NullMarked;
