package io.mlp.worker.result;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of finished jobs and of answers in Redis.
 *
 * @param keep how long a job that has succeeded stays there
 * @param keepAnswers how long an answer is kept for jobs that ask the same, where their model does
 *     not say
 * @param maxSize larger jobs are read from PostgreSQL instead, larger answers are not kept
 */
@Validated
@ConfigurationProperties(prefix = "worker.results", ignoreUnknownFields = false)
record ResultSettings(
    @DefaultValue("5m") @NotNull @DurationMin(seconds = 1) Duration keep,
    @DefaultValue("10m") @NotNull @DurationMin(seconds = 1) Duration keepAnswers,
    @DefaultValue("256KB") @NotNull DataSize maxSize) {}
