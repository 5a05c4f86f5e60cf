package io.mlp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.support.StaticApplicationContext;
import org.springframework.mock.env.MockEnvironment;

class RenamedSettingsTest {
  private static void start(String name) {
    try (StaticApplicationContext context = new StaticApplicationContext()) {
      context.setEnvironment(new MockEnvironment().withProperty(name, "2s"));
      new RenamedSettings().initialize(context);
    }
  }

  @ParameterizedTest
  @CsvSource({"API_HEAL_AFTER, API_REDISPATCH_AFTER", "API_CENSUS, API_STATISTICS_INTERVAL"})
  void aSettingIsRefusedByTheNameOfBefore_andTheOneOfNowIsTold(String before, String now) {
    assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
        .isThrownBy(() -> start(before))
        .withMessageContaining(before)
        .satisfies(refusal -> assertThat(refusal.getReason()).contains(now));
    assertThatCode(() -> start(now)).doesNotThrowAnyException();
  }

  @Test
  void aSettingThatIsGoneIsRefused_andWhatTakesItsPlaceIsTold() {
    assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
        .isThrownBy(() -> start("API_MAX_BODIES_IN_MEMORY"))
        .satisfies(refusal -> assertThat(refusal.getReason()).contains("gone", "API_MEMORY"));
  }
}
