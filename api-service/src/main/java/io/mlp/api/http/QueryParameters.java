package io.mlp.api.http;

import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Numbers and truth values as the description has them: Spring's own reading takes {@code 0x10},
 * {@code yes} and an empty text as well.
 */
public final class QueryParameters {
  private static final Pattern WHOLE = Pattern.compile("-?\\d{1,9}");

  private QueryParameters() {}

  /**
   * A whole number; null if it was not sent.
   *
   * @throws ProblemException 400 if it is none
   */
  public static @Nullable Integer whole(String name, @Nullable String sent) {
    if (sent == null) {
      return null;
    }
    if (!WHOLE.matcher(sent).matches()) {
      throw refused(name, sent, "a whole number");
    }
    return Integer.valueOf(sent);
  }

  /**
   * Whether it is true; false if it was not sent.
   *
   * @throws ProblemException 400 if it is neither true nor false
   */
  public static boolean isTrue(String name, @Nullable String sent) {
    if (sent != null && !sent.equals("true") && !sent.equals("false")) {
      throw refused(name, sent, "true or false");
    }
    return "true".equals(sent);
  }

  private static ProblemException refused(String name, String sent, String expected) {
    return ProblemException.at(
        ProblemType.INVALID_PARAMETER,
        name,
        "%s: '%.100s' (expected: %s)".formatted(name, sent, expected));
  }
}
