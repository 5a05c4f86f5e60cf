package io.mlp.api.http;

import jakarta.validation.constraints.NotNull;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of reading requests.
 *
 * @param maxSize the largest body of a request
 */
@Validated
@ConfigurationProperties(prefix = "api.body", ignoreUnknownFields = false)
record BodySettings(@DefaultValue("10MB") @NotNull DataSize maxSize) {

  private static final DataSize LARGEST = DataSize.ofGigabytes(1);

  BodySettings {
    if (maxSize.toBytes() < 1 || maxSize.compareTo(LARGEST) > 0) {
      throw new IllegalArgumentException(
          "api.body.max-size: %s (expected: 1B to %s)".formatted(maxSize, LARGEST));
    }
  }
}
