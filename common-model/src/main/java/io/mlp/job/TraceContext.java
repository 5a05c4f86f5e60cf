package io.mlp.job;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The trace that a job belongs to, and the span that submitted it: W3C Trace Context.
 *
 * @param traceId 32 hexadecimal digits
 * @param spanId 16 hexadecimal digits
 * @param sampled whether this service records the trace
 */
public record TraceContext(String traceId, String spanId, boolean sampled) {
  private static final Pattern TRACEPARENT =
      Pattern.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-0([01])");

  /** As {@link #traceparent()} writes it; empty if it is none. */
  public static Optional<TraceContext> read(String traceparent) {
    Matcher matcher = TRACEPARENT.matcher(traceparent);
    return matcher.matches()
        ? Optional.of(
            new TraceContext(matcher.group(1), matcher.group(2), matcher.group(3).equals("1")))
        : Optional.empty();
  }

  /** As the header of that name has it, and the columns of that name. */
  public String traceparent() {
    return "00-%s-%s-0%d".formatted(traceId, spanId, sampled ? 1 : 0);
  }
}
