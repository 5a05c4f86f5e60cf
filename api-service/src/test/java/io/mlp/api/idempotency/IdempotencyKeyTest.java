package io.mlp.api.idempotency;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencyKeyTest {
  private static Optional<String> name(String... headers) {
    return IdempotencyKey.name(Collections.enumeration(Arrays.asList(headers)));
  }

  @Test
  void isNone_whenThereIsNoHeader() {
    assertThat(name()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      value = {
        "\"8e03978e-40d5-43dd-bc93-6894a57f9324\", 8e03978e-40d5-43dd-bc93-6894a57f9324",
        "8e03978e-40d5-43dd-bc93-6894a57f9324,     8e03978e-40d5-43dd-bc93-6894a57f9324",
        "order:4711/2+a=~!,                        order:4711/2+a=~!",
        "|\"a,b;c\"|,                              |a,b;c|",
        "\"say\\\"hi\\\"\\\\\",                    say\"hi\"\\",
        "x,                                        x"
      })
  void isTheTextOfTheHeader_inQuotesOrBare(String header, String expected) {
    assertThat(name(header)).contains(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\"\"",
        "\"a",
        "a\"",
        "\"a\"b",
        "a b",
        "\"a b\"",
        "a,b",
        "\"a\",\"b\"",
        "\"a\";p=1",
        "a;p=1",
        "é",
        "\"é\"",
        "\"a\\b\"",
        "a\\b",
        "\"\t\""
      })
  void isRefused_whenItIsNotOneText(String header) {
    assertRefused(header);
  }

  @Test
  void isRefused_whenItComesTwice() {
    assertRefused("a", "a");
  }

  @Test
  void has255CharactersAtMost() {
    String longest = "k".repeat(255);
    assertThat(name(longest)).contains(longest);
    assertThat(name("\"" + longest + "\"")).contains(longest);
    assertThat(name("\"" + "\\\"".repeat(255) + "\"")).contains("\"".repeat(255));
    for (String header : List.of(longest + "k", "\"" + longest + "k\"", "k".repeat(100_000))) {
      assertRefused(header);
    }
  }

  private static void assertRefused(String... headers) {
    ProblemException problem = catchThrowableOfType(ProblemException.class, () -> name(headers));
    assertThat(problem).as(Arrays.toString(headers)).isNotNull();
    assertThat(problem.type()).isEqualTo(ProblemType.INVALID_PARAMETER);
  }

  @Test
  void knowsABodyByItsDigest() {
    IdempotencyKey key = IdempotencyKey.of("owner", "name", "abc".getBytes(UTF_8));
    assertThat(key.fingerprint())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(IdempotencyKey.of("owner", "name", "abc ".getBytes(UTF_8))).isNotEqualTo(key);
  }
}
