package io.mlp.api.health;

import io.mlp.api.owner.KnownKeys;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Not ready before the keys have been read: until then nobody can be known. */
@Component
class KeysHealthIndicator implements HealthIndicator {
  private final KnownKeys keys;

  KeysHealthIndicator(KnownKeys keys) {
    this.keys = keys;
  }

  @Override
  public Health health() {
    return (keys.areKnown() ? Health.up() : Health.outOfService()).build();
  }
}
