package io.mlp.api.owner;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of keys. Those of the settings are accepted as long as they stand there, and are in no
 * table.
 *
 * @param refresh how often keys are read anew, so that a revoked one is refused
 * @param bootstrapAdmin a key of the owner {@code admin}; empty for none
 * @param bootstrapSubmit a key of the owner {@code default}, which may submit; empty for none
 * @param jobsPerSecond submissions and retries of a key that has no such limit of its own; 0 for no
 *     limit
 * @param readsPerSecond its other requests; 0 for no limit
 * @param maxInFlight unfinished jobs of an owner, beyond which its keys submit no more unless they
 *     have another such limit; 0 for no limit
 * @param loopbackOwner owner of callers on this machine who need no key; empty for nobody
 */
@Validated
@ConfigurationProperties(prefix = "api.keys", ignoreUnknownFields = false)
record KeySettings(
    @DefaultValue("1s") @NotNull @DurationMin(millis = 50) @DurationMax(seconds = 3)
        Duration refresh,
    @DefaultValue("") @Pattern(regexp = "|" + KeyText.FORM) String bootstrapAdmin,
    @DefaultValue("") @Pattern(regexp = "|" + KeyText.FORM) String bootstrapSubmit,
    @DefaultValue("0") @Min(0) @Max(1_000_000) int jobsPerSecond,
    @DefaultValue("0") @Min(0) @Max(1_000_000) int readsPerSecond,
    @DefaultValue("0") @Min(0) int maxInFlight,
    @DefaultValue("") @Pattern(regexp = "|" + Caller.OWNER) String loopbackOwner) {

  Limits limits() {
    return new Limits(jobsPerSecond, readsPerSecond, maxInFlight);
  }

  /** Without the keys, which a log must not hold. */
  @Override
  public String toString() {
    return "KeySettings[refresh=%s, loopbackOwner=%s]".formatted(refresh, loopbackOwner);
  }
}
