/** The messages between api and worker on RabbitMQ: tickets, and what is none. */
@NullMarked
package io.mlp.dispatch;

import org.jspecify.annotations.NullMarked;
