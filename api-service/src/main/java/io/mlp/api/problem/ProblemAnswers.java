package io.mlp.api.problem;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;

/**
 * What a problem looks like to its client, whoever found it: at most 4 KiB, because a client may
 * have sent the texts that it repeats. Every problem is counted and told in the log here.
 */
@Component
class ProblemAnswers {
  private static final int MOST_TEXT = 300;

  /** Of the texts of all errors, in bytes; the others and the names take the rest of 4 KiB. */
  private static final int MOST_BYTES = 1600;

  private final Map<ProblemType, Counter> counters = new EnumMap<>(ProblemType.class);
  private final Map<ProblemType, RefusalLog> logs = new EnumMap<>(ProblemType.class);

  ProblemAnswers(MeterRegistry meters) {
    for (ProblemType type : ProblemType.values()) {
      counters.put(
          type,
          Counter.builder("mlp.requests.refused")
              .description("Requests that were answered with a problem")
              .tag("problem", type.slug())
              .register(meters));
      logs.put(type, new RefusalLog(type, System::nanoTime));
    }
  }

  /**
   * A problem in the form that its path wants.
   *
   * @param headers those of the problem's type and form among them
   */
  record Answer(HttpHeaders headers, Map<String, Object> body) {}

  /**
   * The answer for a problem, which is counted.
   *
   * @param path as it was requested
   */
  Answer of(
      ProblemType type,
      HttpStatusCode status,
      String detail,
      List<Violation> violations,
      String path,
      String requestId) {
    Objects.requireNonNull(counters.get(type)).increment();
    Objects.requireNonNull(logs.get(type)).refused(path, requestId);
    HttpHeaders headers = new HttpHeaders();
    headers.set("Problem-Type", type.uri().toString());
    if (path.equals("/v2") || path.startsWith("/v2/")) {
      headers.setContentType(MediaType.APPLICATION_JSON);
      return new Answer(headers, Map.of("error", cut(detail), "request_id", requestId));
    }
    headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", type.uri());
    body.put("title", type.title());
    body.put("status", status.value());
    body.put("detail", cut(detail));
    if (path.length() <= MOST_TEXT) {
      body.put("instance", path);
    }
    body.put("help", type.help());
    body.put("retryable", type.retryable());
    body.put("request_id", requestId);
    if (!violations.isEmpty()) {
      body.put("errors", errors(violations));
    }
    return new Answer(headers, body);
  }

  /** The same for what the server refuses by itself, which it tells by a status alone. */
  Answer of(HttpStatus status, String path, String requestId) {
    return of(
        ApiProblems.typeOf(status), status, status.getReasonPhrase(), List.of(), path, requestId);
  }

  private static List<Map<String, String>> errors(List<Violation> violations) {
    List<Map<String, String>> errors = new ArrayList<>();
    int bytes = 0;
    for (Violation violation : violations) {
      String detail = cut(violation.detail());
      String where = cut(violation.where());
      bytes += bytes(detail) + bytes(where);
      if (bytes > MOST_BYTES && !errors.isEmpty()) {
        break;
      }
      errors.add(Map.of("detail", detail, where.startsWith("#") ? "pointer" : "parameter", where));
    }
    return errors;
  }

  /** In JSON, at most: a control character is six, another that is not ASCII three. */
  private static int bytes(String text) {
    return text.chars().map(c -> c < ' ' ? 6 : c < 0x80 ? 1 : 3).sum();
  }

  private static String cut(String text) {
    return text.length() <= MOST_TEXT ? text : text.substring(0, MOST_TEXT) + "…";
  }
}
