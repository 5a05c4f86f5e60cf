package io.mlp.api.submission.reading;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {
  @ParameterizedTest
  @ValueSource(strings = {"", "{", "{\"a\":\"\u00e4\u20ac\"}", "\ud83d\ude00"})
  void isWhatUnicodeEncodes(String text) {
    assertThat(Utf8.isValid(text.getBytes(UTF_8))).isTrue();
  }

  @Test
  void mayBeLong() {
    byte[] text = "\u20acx".repeat(50_000).getBytes(UTF_8);
    assertThat(Utf8.isValid(text)).isTrue();

    text[text.length - 2] = 'x';
    assertThat(Utf8.isValid(text)).isFalse();
  }

  /** Cut off, longer than it has to be, half of a pair, beyond Unicode, no first byte. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "22e282",
        "22c0a222",
        "22e080a222",
        "22eda08022",
        "22f490808022",
        "22ff22",
        "2280"
      })
  void isNothingElse(String hex) {
    assertThat(Utf8.isValid(HexFormat.of().parseHex(hex))).isFalse();
  }

  @Test
  void isNoWiderEncoding() {
    for (Charset wide : new Charset[] {UTF_16BE, Charset.forName("UTF-32LE")}) {
      assertThat(Utf8.isValid("{}".getBytes(wide))).as(wide.name()).isFalse();
    }
  }
}
