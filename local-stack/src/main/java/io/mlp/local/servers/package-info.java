/** Starts, stops and reaps a real PostgreSQL, a real Redis and an AMQP broker on this machine. */
@NullMarked
package io.mlp.local.servers;

import org.jspecify.annotations.NullMarked;
