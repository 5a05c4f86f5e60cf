package io.mlp.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogueTest {
  private static final String ANSWER =
      """
      {"models": [
        {"name": "iris", "description": "…", "versions": [
          {"version": "1", "state": "ready", "digest": "…"},
          {"version": "2", "state": "failed", "reason": "…"},
          {"version": "3", "state": "waiting"}]},
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
  void settlesVersion_onceItIsReadyOrFailed() {
    Catalogue catalogue = Catalogue.read(ANSWER);
    assertThat(catalogue.unsettled(model("iris", "1", "2"))).isEmpty();
    assertThat(catalogue.unsettled(model("iris", "2", "3", "4")))
        .containsExactly("iris 3 waiting", "iris 4 not listed");
    assertThat(catalogue.unsettled(model("empty", "1"))).containsExactly("empty 1 not listed");
    assertThat(catalogue.unsettled(model("new", "1"))).containsExactly("new 1 not listed");
  }

  @Test
  void believesReady_whenVersionIsListedTwice() {
    String twice =
        """
        {"models": [{"name": "iris", "versions": [
          {"version": "1", "state": "ready"}, {"version": "1", "state": "failed"}]}]}
        """;
    assertThat(Catalogue.read(twice).in("ready")).containsExactly("iris 1");
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
    assertThat(Catalogue.read(answer).serves("iris")).isFalse();
  }

  private static ShippedModel model(String name, String... versions) {
    return new ShippedModel(name, List.of(versions), Map.of());
  }
}
