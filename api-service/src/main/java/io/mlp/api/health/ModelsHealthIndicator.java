package io.mlp.api.health;

import io.mlp.api.model.ModelCatalogue;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Not ready before the models have been read: until then no job can be held against its model. */
@Component
class ModelsHealthIndicator implements HealthIndicator {
  private final ModelCatalogue models;

  ModelsHealthIndicator(ModelCatalogue models) {
    this.models = models;
  }

  @Override
  public Health health() {
    return (models.isKnown() ? Health.up() : Health.outOfService()).build();
  }
}
