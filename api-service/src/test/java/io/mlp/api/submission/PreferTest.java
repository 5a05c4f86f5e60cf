package io.mlp.api.submission;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreferTest {
  private static final Duration MOST = Duration.ofSeconds(60);

  @Test
  void readsQuotedTextsOfAnyLength() {
    String quoted = "\"" + "a\\\"b".repeat(10_000) + "\"";

    assertThat(prefer("foo=" + quoted + ", wait=5").waiting()).contains(Duration.ofSeconds(5));
  }

  @Test
  void asksForNothing_whenThereIsNoHeader() {
    Prefer prefer = prefer();

    assertThat(prefer.waiting()).isEmpty();
    assertThat(prefer.respondAsync()).isFalse();
    assertThat(prefer.applied()).isEmpty();
  }

  /** One header line, and what the answer's Preference-Applied says; nothing for none. */
  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        // as RFC 7240 writes it, and as clients do
        "wait=10                          | wait=10",
        "WAIT=10                          | wait=10",
        "wait = 10                        | wait=10",
        "wait=\"10\"                      | wait=10",
        "wait=010                         | wait=10",
        "wait=0                           | wait=0",
        "respond-async                    | respond-async",
        "RESPOND-ASYNC                    | respond-async",
        "respond-async, wait=10           | respond-async, wait=10",
        "wait=5, respond-async            | respond-async, wait=5",
        "wait=5,respond-async             | respond-async, wait=5",
        "wait=5; foo=bar, respond-async;x | respond-async, wait=5",
        // no longer than is granted
        "wait=61                          | wait=60",
        "wait=100000000000                | wait=60",
        // not in the RFC, but seen: as long as is granted
        "wait                             | wait=60",
        "wait=                            | wait=60",
        "wait=\"\"                        | wait=60",
        // the first of a repeated preference counts
        "wait=5, wait=7                   | wait=5",
        // what is unknown or wrong is ignored
        "handling=lenient, wait=5         | wait=5",
        "return=minimal                   |",
        "respond-asynchronously           |",
        "respond-async-please             |",
        "waiting=5                        |",
        "wait=soon                        |",
        "wait=\"soon\"                    |",
        "wait=-5                          |",
        "wait=1.5                         |",
        "wait=5s                          |",
        "wait=\"5                         |",
        "wait=9999999999999999999         |",
        "wait 5                           |",
        ",, ,wait=5,                      | wait=5",
        // a quoted value holds no preferences
        "foo=\"a, wait=5\"                |",
        "foo=\"a\\\", wait=5\", wait=7    | wait=7",
        "foo=\"a,respond-async,b\"        |",
      })
  void readsOneLine(String line, String applied) {
    assertThat(prefer(line).applied()).isEqualTo(Optional.ofNullable(applied));
  }

  @Test
  void readsSeveralLinesAsOne() {
    Prefer prefer = prefer("respond-async", "handling=strict, wait=7", "wait=9");

    assertThat(prefer.waiting()).contains(Duration.ofSeconds(7));
    assertThat(prefer.respondAsync()).isTrue();
  }

  private static Prefer prefer(String... lines) {
    return Prefer.parse(Collections.enumeration(List.of(lines)), MOST);
  }
}
