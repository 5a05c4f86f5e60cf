package io.mlp.api.retention;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of how long things are kept.
 *
 * @param jobs how long a finished job is kept; each job takes along what was set when it came
 * @param keys how long an {@code Idempotency-Key} stands for its job, at least
 * @param audit how long a row of the audit is kept
 * @param interval how often is looked for what may go
 * @param step the most rows that one statement looks at
 */
@Validated
@ConfigurationProperties(prefix = "api.retention", ignoreUnknownFields = false)
public record RetentionSettings(
    @DefaultValue("7d") @NotNull @DurationMin(minutes = 1) Duration jobs,
    @DefaultValue("24h") @NotNull @DurationMin(minutes = 1) Duration keys,
    @DefaultValue("365d") @NotNull @DurationMin(days = 1) Duration audit,
    @DefaultValue("1s") @NotNull @DurationMin(millis = 50) Duration interval,
    @DefaultValue("1000") @Min(1) @Max(10_000) int step) {}
