package io.mlp.api.queue;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of queues.
 *
 * @param maxQueued the most jobs that wait for one model version; beyond it requests get 503
 * @param maxQueuedInAll the most jobs that wait for all model versions together
 * @param statisticsInterval how often unfinished jobs are counted
 */
@Validated
@ConfigurationProperties(prefix = "api.queues", ignoreUnknownFields = false)
record QueueSettings(
    @DefaultValue("2000000") @Min(1) long maxQueued,
    @DefaultValue("4000000") @Min(1) long maxQueuedInAll,
    @DefaultValue("10s") @NotNull @DurationMin(seconds = 1) Duration statisticsInterval) {}
