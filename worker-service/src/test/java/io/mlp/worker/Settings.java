package io.mlp.worker;

import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.annotation.AnnotationUtils;

/** Settings records for tests: the defaults, but for what the test names. */
public final class Settings {
  private Settings() {}

  public static <T> T of(Class<T> type) {
    return of(type, Map.of());
  }

  /**
   * The defaults, but for some values.
   *
   * @param values by the name of the property below the record's prefix
   */
  public static <T> T of(Class<T> type, Map<String, ?> values) {
    ConfigurationProperties properties =
        AnnotationUtils.findAnnotation(type, ConfigurationProperties.class);
    if (properties == null) {
      throw new IllegalArgumentException(type + " holds no settings");
    }
    MapConfigurationPropertySource source = new MapConfigurationPropertySource();
    values.forEach((name, value) -> source.put(properties.prefix() + "." + name, value));
    return new Binder(source).bindOrCreate(properties.prefix(), Bindable.of(type));
  }
}
