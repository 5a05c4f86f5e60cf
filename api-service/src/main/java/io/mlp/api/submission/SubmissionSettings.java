package io.mlp.api.submission;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of taking jobs in.
 *
 * @param maxBody the largest body of a request
 * @param maxBodiesInMemory the size of all bodies that are being read and validated at a time;
 *     beyond it requests get 503
 * @param committers connections that commit groups of jobs side by side; fewer have larger groups,
 *     whose jobs cost less
 * @param maxGroup the most jobs of one commit
 * @param queueCapacity jobs that may wait for a commit; beyond it requests get 503
 * @param commitTimeout how long a request waits for its commit before it gets 503
 * @param maxAttempts attempts of a job that names none
 */
@Validated
@ConfigurationProperties(prefix = "api.submission", ignoreUnknownFields = false)
record SubmissionSettings(
    @DefaultValue("10MB") @NotNull DataSize maxBody,
    @DefaultValue("256MB") @NotNull DataSize maxBodiesInMemory,
    @DefaultValue("1") @Min(1) @Max(16) int committers,
    @DefaultValue("256") @Min(1) @Max(5000) int maxGroup,
    @DefaultValue("10000") @Min(1) int queueCapacity,
    @DefaultValue("10s") @NotNull @DurationMin(millis = 100) Duration commitTimeout,
    @DefaultValue("3") @Min(1) @Max(10) int maxAttempts) {

  private static final DataSize LARGEST_BODY = DataSize.ofGigabytes(1);

  SubmissionSettings {
    if (maxBody.toBytes() < 1 || maxBody.compareTo(LARGEST_BODY) > 0) {
      throw new IllegalArgumentException(
          "api.submission.max-body: %s (expected: 1B to %s)".formatted(maxBody, LARGEST_BODY));
    }
    if (maxBodiesInMemory.compareTo(maxBody) < 0) {
      throw new IllegalArgumentException(
          "api.submission.max-bodies-in-memory: %s (expected: at least max-body, %s)"
              .formatted(maxBodiesInMemory, maxBody));
    }
  }
}
