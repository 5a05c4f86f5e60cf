package io.mlp.worker.intake;

import io.mlp.dispatch.TicketQueue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of taking tickets.
 *
 * @param queueType how RabbitMQ keeps the queues; the api's {@code api.dispatch.queue-type} must be
 *     the same
 * @param prefetch the most tickets in this worker's hand for each model version
 */
@Validated
@ConfigurationProperties(prefix = "worker.intake", ignoreUnknownFields = false)
record IntakeSettings(
    @DefaultValue("classic") TicketQueue.@NotNull Type queueType,
    @DefaultValue("128") @Min(1) @Max(5000) int prefetch) {}
