package io.mlp.api;

import java.util.Map;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Refuses settings by the names that they had before, and those that are gone: nobody would notice
 * that they are not read.
 */
final class RenamedSettings
    implements ApplicationContextInitializer<ConfigurableApplicationContext> {
  private static final Map<String, String> ADVICE =
      Map.of(
          "API_HEAL_AFTER", "it is called API_REDISPATCH_AFTER now: rename it",
          "API_CENSUS", "it is called API_STATISTICS_INTERVAL now: rename it",
          "API_MAX_WAITERS", "it is gone: a quarter of API_MAX_CONNECTIONS may wait",
          "API_MAX_BODIES_IN_MEMORY",
              "it is gone: requests may hold half of the heap, which API_MEMORY or -Xmx sets");

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    ADVICE.forEach((before, advice) -> {
      String value = context.getEnvironment().getProperty(before);
      if (value != null) {
        throw new InvalidConfigurationPropertyValueException(before, value, advice);
      }
    });
  }
}
