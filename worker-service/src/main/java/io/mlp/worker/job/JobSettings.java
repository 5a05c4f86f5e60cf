package io.mlp.worker.job;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of claiming and recording.
 *
 * @param lease how long a claimed job is this worker's without a renewal; renewed at a third of it
 * @param backoff how long a job waits after a failed attempt, doubled with each
 * @param maxBackoff the longest such wait
 */
@Validated
@ConfigurationProperties(prefix = "worker.jobs", ignoreUnknownFields = false)
record JobSettings(
    @DefaultValue("30s") @NotNull @DurationMin(millis = 300) Duration lease,
    @DefaultValue("1s") @NotNull @DurationMin(millis = 1) Duration backoff,
    @DefaultValue("1m") @NotNull @DurationMin(millis = 1) Duration maxBackoff) {

  double leaseSeconds() {
    return lease.toMillis() / 1000.0;
  }
}
