package io.mlp.api.http;

import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parameters as the description has them, those of lists among them: Spring's own reading takes
 * {@code 0x10}, {@code yes} and an empty text as well.
 */
public final class QueryParameters {
  private static final Pattern WHOLE = Pattern.compile("-?\\d{1,9}");
  private static final int DEFAULT_LIMIT = 50;
  private static final int MAX_LIMIT = 100;
  private static final UUID GREATEST = new UUID(-1, -1);

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
      throw unexpected(name, sent, "a whole number");
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
      throw unexpected(name, sent, "true or false");
    }
    return "true".equals(sent);
  }

  /**
   * How many entries a page of a list has at most: {@code limit}, or 50 if it was not sent.
   *
   * @throws ProblemException 400 unless it is between 1 and 100
   */
  public static int limit(@Nullable Integer sent) {
    int most = sent == null ? DEFAULT_LIMIT : sent;
    if (most < 1 || most > MAX_LIMIT) {
      throw refused("limit", most + " (expected: 1 to " + MAX_LIMIT + ")");
    }
    return most;
  }

  /**
   * The id in front of which a page begins: {@code cursor}, or the greatest of all if it was not
   * sent.
   *
   * @throws ProblemException 400 if no list gives such a cursor
   */
  public static UUID cursor(@Nullable String sent) {
    return sent == null
        ? GREATEST
        : id(sent).orElseThrow(() -> refused("cursor", "is not one that this API gave"));
  }

  /** The id of that text; empty if it is none. Java reads short forms, too, which are no ids. */
  public static Optional<UUID> id(String text) {
    try {
      return Optional.of(UUID.fromString(text)).filter(id -> id.toString().equalsIgnoreCase(text));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /**
   * A name to look for, or null if it was not sent.
   *
   * @throws ProblemException 400 if it holds what PostgreSQL takes in no text
   */
  public static @Nullable String name(String parameter, @Nullable String sent) {
    if (sent != null && sent.indexOf('\0') >= 0) {
      throw refused(parameter, "holds U+0000, as no name does");
    }
    return sent;
  }

  /** 400, for what the parameter holds. */
  public static ProblemException refused(String parameter, String what) {
    return ProblemException.at(ProblemType.INVALID_PARAMETER, parameter, parameter + ": " + what);
  }

  private static ProblemException unexpected(String name, String sent, String expected) {
    return refused(name, "'%.100s' (expected: %s)".formatted(sent, expected));
  }
}
