/** Turns stored jobs into tickets on RabbitMQ, and heals what a broker lost. */
@NullMarked
package io.mlp.api.dispatch;

import org.jspecify.annotations.NullMarked;
