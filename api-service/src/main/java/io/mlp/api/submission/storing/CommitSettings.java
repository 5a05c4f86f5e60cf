package io.mlp.api.submission.storing;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the commits that new jobs share.
 *
 * @param committers connections that commit groups of jobs side by side; fewer have larger groups,
 *     whose jobs cost less
 * @param maxGroup the most jobs of one commit
 * @param queueCapacity jobs that may wait for a commit; beyond it requests get 503
 * @param timeout how long a request waits for its commit before it gets 503
 */
@Validated
@ConfigurationProperties(prefix = "api.commit", ignoreUnknownFields = false)
record CommitSettings(
    @DefaultValue("1") @Min(1) @Max(16) int committers,
    @DefaultValue("256") @Min(1) @Max(5000) int maxGroup,
    @DefaultValue("10000") @Min(1) int queueCapacity,
    @DefaultValue("10s") @NotNull @DurationMin(millis = 100) Duration timeout) {}
