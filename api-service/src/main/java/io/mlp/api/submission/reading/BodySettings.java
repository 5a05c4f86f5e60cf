package io.mlp.api.submission.reading;

import jakarta.validation.constraints.NotNull;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of reading requests.
 *
 * @param maxSize the largest body of a request
 * @param maxInMemory the size of all bodies that are being read and validated at a time; beyond it
 *     requests get 503
 */
@Validated
@ConfigurationProperties(prefix = "api.body", ignoreUnknownFields = false)
record BodySettings(
    @DefaultValue("10MB") @NotNull DataSize maxSize,
    @DefaultValue("256MB") @NotNull DataSize maxInMemory) {

  private static final DataSize LARGEST = DataSize.ofGigabytes(1);

  BodySettings {
    if (maxSize.toBytes() < 1 || maxSize.compareTo(LARGEST) > 0) {
      throw new IllegalArgumentException(
          "api.body.max-size: %s (expected: 1B to %s)".formatted(maxSize, LARGEST));
    }
    if (maxInMemory.compareTo(maxSize) < 0) {
      throw new IllegalArgumentException(
          "api.body.max-in-memory: %s (expected: at least max-size, %s)"
              .formatted(maxInMemory, maxSize));
    }
  }
}
