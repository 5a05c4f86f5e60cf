/** Takes tickets from RabbitMQ and hands them to execution. */
@NullMarked
package io.mlp.worker.intake;

import org.jspecify.annotations.NullMarked;
