package io.mlp.api.owner;

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
 * @param loopbackOwner owner of callers on this machine who need no key; empty for nobody
 */
@Validated
@ConfigurationProperties(prefix = "api.keys", ignoreUnknownFields = false)
record KeySettings(
    @DefaultValue("1s") @NotNull @DurationMin(millis = 50) @DurationMax(seconds = 3)
        Duration refresh,
    @DefaultValue("") @Pattern(regexp = "|" + KeyText.FORM) String bootstrapAdmin,
    @DefaultValue("") @Pattern(regexp = "|" + KeyText.FORM) String bootstrapSubmit,
    @DefaultValue("") @Pattern(regexp = "|" + Caller.OWNER) String loopbackOwner) {

  /** Without the keys, which a log must not hold. */
  @Override
  public String toString() {
    return "KeySettings[refresh=%s, loopbackOwner=%s]".formatted(refresh, loopbackOwner);
  }
}
