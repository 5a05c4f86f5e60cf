package io.mlp.api.model;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the model catalogue.
 *
 * @param refresh how often the catalogue is read anew
 * @param workerSilence a worker not seen for so long counts as gone
 * @param retireAfter a version that all live workers have removed is retired after so long
 */
@Validated
@ConfigurationProperties(prefix = "api.models", ignoreUnknownFields = false)
public record ModelSettings(
    @DefaultValue("1s") @NotNull @DurationMin(millis = 50) Duration refresh,
    @DefaultValue("15s") @NotNull @DurationMin(seconds = 1) Duration workerSilence,
    @DefaultValue("30s") @NotNull @DurationMin(millis = 0) Duration retireAfter) {}
