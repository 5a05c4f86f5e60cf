package io.mlp.api;

import java.util.Map;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Refuses settings by the names that they had before: nobody would notice that they are not read.
 */
final class RenamedSettings
    implements ApplicationContextInitializer<ConfigurableApplicationContext> {
  private static final Map<String, String> NAMES =
      Map.of("API_HEAL_AFTER", "API_REDISPATCH_AFTER", "API_CENSUS", "API_STATISTICS_INTERVAL");

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    NAMES.forEach((before, now) -> {
      String value = context.getEnvironment().getProperty(before);
      if (value != null) {
        throw new InvalidConfigurationPropertyValueException(
            before, value, "it is called %s now: rename it".formatted(now));
      }
    });
  }
}
