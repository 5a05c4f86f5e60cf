package io.mlp.api.owner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyTextTest {
  private static final String KEY = "mlp_4fXa09QzR6cU1nB7yK2mT8vW5eH3jL0pS9dG4aZxCqE";

  @Test
  void isStoredAsItsSha256() {
    KeyText key = KeyText.of(KEY).orElseThrow();
    // printf %s mlp_4fXa… | sha256sum
    assertThat(HexFormat.of().formatHex(key.hash().bytes()))
        .isEqualTo("db298cb1968b4c845f70e24d4c536c87290fd056e5d54a3be9983de9cbcc4160");
    assertThat(key.prefix()).isEqualTo("mlp_4fXa09Qz");
  }

  @Test
  void isNeverDrawnTwice_andReadsAsItWasShown() {
    Set<String> drawn = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      KeyText key = KeyText.random();
      assertThat(drawn.add(key.secret())).isTrue();
      assertThat(KeyText.of(key.secret()).map(KeyText::hash)).contains(key.hash());
    }
  }

  @Test
  void keepsItsSecretOutOfLogs() {
    assertThat(KeyText.of(KEY).orElseThrow()).hasToString("mlp_4fXa09Qz…");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "mlp_",
        "4fXa09QzR6cU1nB7yK2mT8vW5eH3jL0pS9dG4aZxCqE",
        "mlp_4fXa09QzR6cU1nB7yK2mT8vW5eH3jL0pS9dG4aZxCq",
        "mlp_4fXa09QzR6cU1nB7yK2mT8vW5eH3jL0pS9dG4aZxCqEE",
        "MLP_4fXa09QzR6cU1nB7yK2mT8vW5eH3jL0pS9dG4aZxCqE",
        "mlp_4fXa09QzR6cU1nB7yK2mT8vW5eH3jL0pS9dG4aZxCq-",
        " mlp_4fXa09QzR6cU1nB7yK2mT8vW5eH3jL0pS9dG4aZxCqE"
      })
  void hasOneForm(String sent) {
    assertThat(KeyText.of(sent)).isEmpty();
  }
}
