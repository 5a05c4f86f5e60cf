package io.mlp.api.submission.reading;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which texts of a request can be stored as they are, and how they are shown. */
public final class Texts {
  private Texts() {}

  /** Whether the text is valid Unicode, without half a surrogate pair. */
  static boolean wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  /** Why a tensor cannot hold the text as it is; empty if it can. */
  static Optional<String> refusal(String text) {
    if (text.indexOf('\0') >= 0) {
      return Optional.of("has the character U+0000, which ends a text for ONNX Runtime");
    }
    return wellFormed(text) ? Optional.empty() : Optional.of("is not valid Unicode");
  }

  /** Whether PostgreSQL's text and jsonb can hold it: well-formed and without U+0000. */
  public static boolean storable(String text) {
    return text.indexOf('\0') < 0 && wellFormed(text);
  }

  /** A client's text in a message, at a length that a message can bear. */
  public static String quoted(@Nullable String text) {
    return text == null || text.length() <= 64
        ? "'" + text + "'"
        : "'" + text.substring(0, 64) + "…'";
  }
}
