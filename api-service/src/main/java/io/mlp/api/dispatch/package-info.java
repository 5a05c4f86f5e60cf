/**
 * Sends the tickets of stored jobs to RabbitMQ, in their order where they wait, and again where
 * they are lost.
 */
@NullMarked
package io.mlp.api.dispatch;

import org.jspecify.annotations.NullMarked;
