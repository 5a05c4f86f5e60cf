package io.mlp.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExampleTest {
  private static final URI API = URI.create("http://127.0.0.1:4789");
  private static final ShippedModel DIGITS =
      new ShippedModel("digits", List.of("1"), Map.of("image", List.of(List.of(0, 16, 2.5))));
  private static final ShippedModel IRIS =
      new ShippedModel("iris", List.of("1"), Map.of("x", List.of(1)));
  private static final ShippedModel BARE = new ShippedModel("bare", List.of("1"), Map.of());
  private static final Catalogue ALL_READY =
      new Catalogue(
          Map.of(
              "digits", Map.of("1", "ready"),
              "iris", Map.of("1", "ready"),
              "bare", Map.of("1", "ready")));

  @Test
  void isOneLineForTheShell() {
    assertThat(new Example(DIGITS).curl(API))
        .isEqualTo(
            "curl -s http://127.0.0.1:4789/v1/jobs -H 'Content-Type: application/json' -H 'Prefer: wait=10' -d '{\"model\":\"digits\",\"inputs\":{\"image\":[[0,16,2.5]]}}'");
  }

  @Test
  void survivesQuotesInTheExample() {
    ShippedModel words = new ShippedModel("words", List.of("1"), Map.of("text", List.of("it's")));
    assertThat(new Example(words).curl(API)).endsWith("{\"text\":[\"it'\\''s\"]}}'");
  }

  @Test
  void prefersDigits() {
    assertThat(Example.of(List.of(BARE, IRIS, DIGITS), ALL_READY)).contains(new Example(DIGITS));
  }

  @Test
  void takesAnyOtherWithAnExample_whenDigitsCannotBeServed() {
    Catalogue catalogue =
        new Catalogue(Map.of("digits", Map.of("1", "failed"), "iris", Map.of("1", "ready")));
    assertThat(Example.of(List.of(BARE, DIGITS, IRIS), catalogue)).contains(new Example(IRIS));
  }

  @Test
  void isAbsent_whenNoModelGivesOne() {
    assertThat(Example.of(List.of(BARE), ALL_READY)).isEmpty();
  }
}
