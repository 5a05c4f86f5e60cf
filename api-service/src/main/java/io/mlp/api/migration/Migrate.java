package io.mlp.api.migration;

import java.util.Map;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;

/**
 * Migrates the schema and ends, with 0 if it is current then. Where it runs first, the services
 * start with {@code API_MIGRATE=false} and any number of replicas. A run that was killed is simply
 * repeated: each migration is one transaction, and Flyway holds a lock meanwhile.
 */
@ImportAutoConfiguration({DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class})
public final class Migrate {
  private Migrate() {}

  public static void main(String[] args) {
    new SpringApplicationBuilder(Migrate.class)
        .web(WebApplicationType.NONE)
        .properties(Map.of("spring.config.name", "api"))
        .run("--spring.flyway.enabled=true")
        .close();
  }
}
