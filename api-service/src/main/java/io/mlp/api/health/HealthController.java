package io.mlp.api.health;

import io.mlp.api.model.ModelCatalogue;
import io.mlp.api.owner.KnownKeys;
import java.util.Map;
import org.springframework.dao.DataAccessException;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The health checks of the Open Inference Protocol. Ready means that jobs can be accepted:
 * PostgreSQL answers, its schema is there, and models and keys are known. A broker or cache that is
 * away makes nothing unready.
 */
@RestController
class HealthController {
  private final JdbcClient jdbc;
  private final ModelCatalogue models;
  private final KnownKeys keys;

  HealthController(JdbcClient jdbc, ModelCatalogue models, KnownKeys keys) {
    this.jdbc = jdbc;
    this.models = models;
    this.keys = keys;
  }

  @GetMapping("/v2/health/live")
  Map<String, Boolean> live() {
    return Map.of("live", true);
  }

  @GetMapping("/v2/health/ready")
  ResponseEntity<Map<String, Boolean>> ready() {
    boolean ready = models.isKnown() && keys.areKnown() && schemaAnswers();
    return ResponseEntity.status(ready ? 200 : 503).body(Map.of("ready", ready));
  }

  private boolean schemaAnswers() {
    try {
      jdbc.sql("select from live limit 0").query(Integer.class).list();
      return true;
    } catch (DataAccessException _) {
      return false;
    }
  }
}
