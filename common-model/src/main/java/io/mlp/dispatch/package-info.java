/**
 * The messages between api and worker: tickets on RabbitMQ, finished jobs and announcements on
 * Redis.
 */
@NullMarked
package io.mlp.dispatch;

import org.jspecify.annotations.NullMarked;
