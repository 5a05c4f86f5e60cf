package io.mlp.api.problem;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Ends a request with a problem. */
public final class ProblemException extends RuntimeException {
  private final ProblemType type;
  private final String detail;
  private final transient List<Violation> violations;
  private final @Nullable Duration retryAfter;
  private final transient Map<String, String> headers;

  private ProblemException(
      ProblemType type,
      String detail,
      List<Violation> violations,
      @Nullable Duration retryAfter,
      Map<String, String> headers,
      @Nullable Throwable cause) {
    // Answers to bad requests are no events worth a stack trace.
    super(detail, cause, false, cause != null);
    this.type = type;
    this.detail = detail;
    this.violations = List.copyOf(violations);
    this.retryAfter = retryAfter;
    this.headers = headers;
  }

  public static ProblemException of(ProblemType type, String detail) {
    return new ProblemException(type, detail, List.of(), null, Map.of(), null);
  }

  /** A problem of one place in the request. */
  public static ProblemException at(ProblemType type, String where, String detail) {
    return new ProblemException(
        type, detail, List.of(new Violation(detail, where)), null, Map.of(), null);
  }

  /** All that is wrong at once; at least one violation. */
  public static ProblemException of(ProblemType type, List<Violation> violations) {
    return new ProblemException(
        type, violations.getFirst().detail(), violations, null, Map.of(), null);
  }

  /** A passing problem: the same request may succeed after that time. */
  public static ProblemException passing(
      ProblemType type, String detail, Duration retryAfter, @Nullable Throwable cause) {
    return new ProblemException(type, detail, List.of(), retryAfter, Map.of(), cause);
  }

  /** A problem whose answer tells in a header what would be taken instead. */
  public static ProblemException accepting(
      ProblemType type, String detail, String header, String value) {
    return new ProblemException(type, detail, List.of(), null, Map.of(header, value), null);
  }

  public ProblemType type() {
    return type;
  }

  String detail() {
    return detail;
  }

  List<Violation> violations() {
    return violations;
  }

  Map<String, String> headers() {
    return headers;
  }

  @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
