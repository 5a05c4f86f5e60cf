package io.mlp.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.io.ClassPathResource;

/**
 * Holds the settings records, {@code api.yml} and the table {@code settings.txt} against each
 * other: whatever one of the three forgets or says otherwise fails.
 */
class SettingsTest {
  private static final String MODULE = "api";
  private static final String UNKNOWN = ".no-such-setting";

  /** Spring as the service starts it, with nothing but its settings. */
  private final ApplicationContextRunner spring =
      new ApplicationContextRunner().withUserConfiguration(AllSettings.class);

  @ConfigurationPropertiesScan("io.mlp." + MODULE)
  static class AllSettings {}

  /** A line of the table. */
  record Setting(
      String property, String variable, String standard, String another, List<String> refused) {
    static Setting parse(String line) {
      String[] cells = line.split("\\|", -1);
      List<String> refused = Arrays.stream(cells[4].split(",", -1)).map(String::strip).toList();
      return new Setting(
          cells[0].strip(), cells[1].strip(), cells[2].strip(), cells[3].strip(), refused);
    }

    @Override
    public String toString() {
      return property;
    }
  }

  static Stream<Setting> settings() throws IOException {
    String table = new ClassPathResource("settings.txt").getContentAsString(UTF_8);
    return table.lines().filter(line -> line.startsWith(MODULE + ".")).map(Setting::parse);
  }

  static Stream<Arguments> refusals() throws IOException {
    return settings()
        .flatMap(setting -> setting.refused.stream().map(value -> Arguments.of(setting, value)));
  }

  @Test
  void tableHoldsEverySettingOnce() throws IOException {
    spring.run(context ->
        assertThat(settings().map(Setting::property))
            .containsExactlyInAnyOrderElementsOf(values(context).keySet()));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void defaultsAsTheTableSays(Setting setting) {
    spring.run(standard ->
        spring
            .withPropertyValues(setting.property + "=" + setting.standard)
            .run(context -> assertThat(values(context)).isEqualTo(values(standard))));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void changesOneValueWithOneProperty(Setting setting) {
    spring.run(standard ->
        spring
            .withPropertyValues(setting.property + "=" + setting.another)
            .run(context ->
                assertThat(changed(values(standard), values(context)))
                    .containsExactly(setting.property)));
  }

  @ParameterizedTest(name = "{0}={1}")
  @MethodSource("refusals")
  void refusesToStartWith(Setting setting, String value) {
    spring
        .withPropertyValues(setting.property + "=" + value)
        .run(context ->
            assertThat(context)
                .hasFailed()
                .getFailure()
                .hasStackTraceContaining(setting.property.substring(MODULE.length() + 1)));
  }

  static Stream<String> prefixes() throws IOException {
    return settings().map(setting -> setting.property.replaceFirst("\\.[^.]*$", "")).distinct();
  }

  /** A typing error in a setting's name is no silent default. */
  @ParameterizedTest
  @MethodSource("prefixes")
  void refusesToStartWithASettingThatIsUnknown(String prefix) {
    spring
        .withPropertyValues(prefix + UNKNOWN + "=1")
        .run(context ->
            assertThat(context).hasFailed().getFailure().hasStackTraceContaining(prefix + UNKNOWN));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void ymlTakesTheVariableAndHasTheSameDefault(Setting setting) throws IOException {
    assertThat(yml().getProperty(setting.property))
        .hasToString("${" + setting.variable + ":" + setting.standard + "}");
  }

  @Test
  void ymlHoldsNothingElseOfTheModule() throws IOException {
    assertThat(yml().getPropertyNames())
        .filteredOn(name -> name.startsWith(MODULE + "."))
        .containsExactlyInAnyOrderElementsOf(settings().map(Setting::property).toList());
  }

  @Test
  void everySettingHasAVariableOfItsOwn() throws IOException {
    assertThat(settings().map(Setting::variable)).doesNotHaveDuplicates();
  }

  private static EnumerablePropertySource<?> yml() throws IOException {
    ClassPathResource file = new ClassPathResource(MODULE + ".yml");
    return (EnumerablePropertySource<?>)
        new YamlPropertySourceLoader().load(MODULE, file).getFirst();
  }

  /** All settings by the name of their property. */
  private static Map<String, Object> values(ApplicationContext context) {
    Map<String, Object> values = new TreeMap<>();
    context.getBeansWithAnnotation(ConfigurationProperties.class).values().stream()
        .filter(bean -> bean.getClass().getName().startsWith("io.mlp."))
        .forEach(bean -> values.putAll(values(bean)));
    return values;
  }

  private static Map<String, Object> values(Object settings) {
    Map<String, Object> values = new TreeMap<>();
    String prefix = settings.getClass().getAnnotation(ConfigurationProperties.class).prefix();
    for (RecordComponent component : settings.getClass().getRecordComponents()) {
      String name = component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
      values.put(prefix + "." + name, value(settings, component));
    }
    return values;
  }

  private static Object value(Object settings, RecordComponent component) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(settings);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("a record without its accessor", e);
    }
  }

  private static Set<String> changed(Map<String, Object> from, Map<String, Object> to) {
    Set<String> changed = new TreeSet<>();
    from.forEach((property, value) -> {
      if (!value.equals(to.get(property))) {
        changed.add(property);
      }
    });
    return changed;
  }
}
