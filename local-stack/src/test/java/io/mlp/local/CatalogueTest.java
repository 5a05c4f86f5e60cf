package io.mlp.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogueTest {
  private static final String ANSWER =
      """
      {"models": [
        {"name": "iris", "description": "…", "versions": [
          {"version": "1", "state": "ready", "digest": "…"},
          {"version": "2", "state": "failed", "reason": "…"}]},
        {"name": "broken", "versions": [{"version": "1", "state": "failed"}]},
        {"name": "empty", "versions": []}]}
      """;

  @Test
  void readsVersionsAndStates() {
    Catalogue catalogue = Catalogue.read(ANSWER);
    assertThat(catalogue.in("ready")).containsExactly("iris 1");
    assertThat(catalogue.in("failed")).containsExactly("iris 2", "broken 1");
  }

  @Test
  void listsModel_onceOneVersionIsThere() {
    Catalogue catalogue = Catalogue.read(ANSWER);
    assertThat(catalogue.lists("broken")).isTrue();
    assertThat(catalogue.lists("empty")).isFalse();
    assertThat(catalogue.lists("unknown")).isFalse();
  }

  @Test
  void servesModel_onceOneVersionIsReady() {
    Catalogue catalogue = Catalogue.read(ANSWER);
    assertThat(catalogue.serves("iris")).isTrue();
    assertThat(catalogue.serves("broken")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>", "[]", "{\"models\": 3}", "{\"models\": [{}]}"})
  void listsNothing_forAnyOtherAnswer(String answer) {
    assertThat(Catalogue.read(answer).lists("iris")).isFalse();
  }
}
