package io.mlp.api.migration;

import java.util.Map;
import java.util.stream.Stream;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.annotation.Import;

/**
 * Migrates the schema, gives the services' and the reader's role their rights and ends, with 0 if
 * all is current then. Where it runs first, the services start with {@code API_MIGRATE=false} and
 * any number of replicas. A run that was killed is simply repeated: each migration is one
 * transaction, or makes one index without one, and Flyway holds a lock meanwhile.
 */
@ImportAutoConfiguration({DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class})
@Import({PoolerRefusal.class, Roles.class})
public final class Migrate {
  private Migrate() {}

  public static void main(String[] args) {
    new SpringApplicationBuilder(Migrate.class)
        .web(WebApplicationType.NONE)
        .properties(Map.of("spring.config.name", "api"))
        .run(
            Stream.concat(Stream.of(args), Stream.of("--spring.flyway.enabled=true"))
                .toArray(String[]::new))
        .close();
  }
}
