package io.mlp.api.submission;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a request's {@code Prefer} headers ask for (RFC 7240): to wait for the result so long, to
 * get the answer at once, or both. What else they say, or say wrongly, is ignored, as the RFC
 * wants.
 *
 * @param waiting how long the client is ready to wait
 * @param respondAsync whether it would rather have a 202 than wait longer
 */
record Prefer(Optional<Duration> waiting, boolean respondAsync) {
  private static final Pattern QUOTED = Pattern.compile("\"((?:[^\"\\\\]++|\\\\.)*+)\"");
  private static final Pattern WAIT = Pattern.compile("wait(?:\\s*=\\s*(\\d{0,18}))?");

  /**
   * Reads the headers; the first of a repeated preference counts.
   *
   * @param most the longest wait that is granted, and that of a bare {@code wait}
   */
  static Prefer parse(Enumeration<String> headers, Duration most) {
    Optional<Duration> wait = Optional.empty();
    boolean respondAsync = false;
    for (String header : Collections.list(headers)) {
      for (String preference : unquoted(header).split(",", -1)) {
        String token = preference.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        Matcher matcher = WAIT.matcher(token);
        if (token.equals("respond-async")) {
          respondAsync = true;
        } else if (wait.isEmpty() && matcher.matches()) {
          wait = Optional.of(granted(matcher.group(1), most));
        }
      }
    }
    return new Prefer(wait, respondAsync);
  }

  /** Quoted values without their quotes, and without what would look like another preference. */
  private static String unquoted(String header) {
    return QUOTED.matcher(header).replaceAll(quoted -> quoted.group(1).replaceAll("\\W", "_"));
  }

  private static Duration granted(@Nullable String seconds, Duration most) {
    if (seconds == null || seconds.isEmpty()) {
      return most;
    }
    Duration asked = Duration.ofSeconds(Long.parseLong(seconds));
    return asked.compareTo(most) < 0 ? asked : most;
  }

  /** The value of {@code Preference-Applied}; empty if nothing was asked for. */
  Optional<String> applied() {
    List<String> applied = new ArrayList<>();
    if (respondAsync) {
      applied.add("respond-async");
    }
    waiting.ifPresent(duration -> applied.add("wait=" + duration.toSeconds()));
    return applied.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", applied));
  }
}
