package io.mlp.api.status;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of requests that wait for a job's end.
 *
 * @param most the longest wait that is granted
 * @param reread how often the jobs that are waited for are looked up, in case an announcement was
 *     lost
 */
@Validated
@ConfigurationProperties(prefix = "api.waiting", ignoreUnknownFields = false)
public record WaitSettings(
    @DefaultValue("60s") @NotNull @DurationMin(seconds = 1) @DurationMax(minutes = 5) Duration most,
    @DefaultValue("1s") @NotNull @DurationMin(millis = 20) Duration reread) {}
