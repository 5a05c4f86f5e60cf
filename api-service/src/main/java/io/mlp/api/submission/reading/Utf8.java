package io.mlp.api.submission.reading;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;

/**
 * UTF-8 to the letter, which JSON between systems has to be (RFC 8259). Jackson takes UTF-16 and
 * UTF-32, too, and forms of a character that are longer than they have to be: others would read
 * another text in them.
 */
final class Utf8 {
  private static final int CHUNK = 8192;

  private Utf8() {}

  static boolean isValid(byte[] json) {
    for (int i = 0; i < Math.min(4, json.length); i++) {
      if (json[i] == 0) {
        return false;
      }
    }
    CharsetDecoder decoder = UTF_8.newDecoder();
    ByteBuffer bytes = ByteBuffer.wrap(json);
    CharBuffer characters = CharBuffer.allocate(Math.min(CHUNK, json.length + 1));
    CoderResult result;
    do {
      characters.clear();
      result = decoder.decode(bytes, characters, true);
    } while (result.isOverflow());
    return !result.isError();
  }
}
