package io.mlp.api.upkeep;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of upkeep.
 *
 * @param interval how often leases and deadlines are looked at
 * @param batch the most jobs that one statement moves
 * @param backoff how long a job waits after its worker was lost, doubled with each attempt
 * @param maxBackoff the longest such wait
 */
@Validated
@ConfigurationProperties(prefix = "api.upkeep", ignoreUnknownFields = false)
record UpkeepSettings(
    @DefaultValue("1s") @NotNull @DurationMin(millis = 50) Duration interval,
    @DefaultValue("500") @Min(1) @Max(5000) int batch,
    @DefaultValue("1s") @NotNull @DurationMin(millis = 1) Duration backoff,
    @DefaultValue("1m") @NotNull @DurationMin(millis = 1) Duration maxBackoff) {}
