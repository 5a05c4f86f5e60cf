package io.mlp.api.problem;

import io.mlp.job.store.DatabaseFailures;
import io.mlp.job.store.DatabaseOutage;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.coyote.CloseNowException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.TransactionException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.util.DisconnectedClientHelper;

/**
 * Every error becomes a problem of one shape (RFC 9457), with the request's id; under {@code /v2}
 * it becomes the protocol's {@code {"error": …}}.
 */
@RestControllerAdvice
class ApiProblems {
  private static final Logger LOG = LoggerFactory.getLogger(ApiProblems.class);
  private static final DatabaseOutage OUTAGE = DatabaseOutage.ofThisProcess();

  @ExceptionHandler
  ResponseEntity<Object> problem(ProblemException e, HttpServletRequest request) {
    HttpHeaders headers = new HttpHeaders();
    Duration retryAfter = e.retryAfter();
    if (retryAfter != null) {
      headers.set(HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, retryAfter.toSeconds())));
    }
    return answer(e.type(), e.type().status(), e.detail(), e.violations(), headers, request);
  }

  @ExceptionHandler({DataAccessException.class, TransactionException.class})
  @Nullable ResponseEntity<Object> database(RuntimeException e, HttpServletRequest request) {
    boolean passes = e instanceof TransactionException || DatabaseFailures.isTransient(e);
    return passes ? storeUnavailable(e, request) : anythingElse(e, request);
  }

  private ResponseEntity<Object> storeUnavailable(RuntimeException e, HttpServletRequest request) {
    OUTAGE.failed(e);
    return problem(
        ProblemException.passing(
            ProblemType.STORE_UNAVAILABLE,
            "The database does not answer at the moment",
            Duration.ofSeconds(2),
            null),
        request);
  }

  @ExceptionHandler
  ResponseEntity<Object> wrongType(
      MethodArgumentTypeMismatchException e, HttpServletRequest request) {
    return problem(
        ProblemException.at(
            ProblemType.INVALID_PARAMETER,
            e.getName(),
            "%s: %s is not valid".formatted(e.getName(), e.getValue())),
        request);
  }

  /** The connection ends with the answer, so that no client takes for whole what was sent of it. */
  @ExceptionHandler
  ResponseEntity<Object> answerCut(CloseNowException e) throws CloseNowException {
    throw e;
  }

  /** Answers nothing if the client has gone, while it sent or while it was answered. */
  @ExceptionHandler
  @Nullable ResponseEntity<Object> anythingElse(Exception e, HttpServletRequest request) {
    if (DisconnectedClientHelper.isClientDisconnectedException(e)) {
      LOG.debug("client gone", e);
      return null;
    }
    if (e instanceof ErrorResponse response) {
      ProblemType type = typeOf(response.getStatusCode());
      String detail = response.getBody().getDetail();
      return answer(
          type,
          response.getStatusCode(),
          detail == null ? type.title() : detail,
          List.of(),
          response.getHeaders(),
          request);
    }
    LOG.error("{} {} failed", request.getMethod(), request.getRequestURI(), e);
    return answer(
        ProblemType.INTERNAL_ERROR,
        HttpStatus.INTERNAL_SERVER_ERROR,
        "The service failed; its log tells more under this request id.",
        List.of(),
        HttpHeaders.EMPTY,
        request);
  }

  static ResponseEntity<Object> answer(
      ProblemType type,
      HttpStatusCode status,
      String detail,
      List<Violation> violations,
      HttpHeaders headers,
      HttpServletRequest request) {
    if (underV2(request)) {
      Map<String, String> error = Map.of("error", detail, "request_id", RequestIds.of(request));
      return ResponseEntity.status(status)
          .headers(headers)
          .contentType(MediaType.APPLICATION_JSON)
          .body(error);
    }
    ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
    problem.setType(type.uri());
    problem.setTitle(type.title());
    problem.setProperty("request_id", RequestIds.of(request));
    if (!violations.isEmpty()) {
      problem.setProperty("errors", errors(violations));
    }
    return ResponseEntity.status(status)
        .headers(headers)
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(problem);
  }

  private static boolean underV2(HttpServletRequest request) {
    Object failed = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
    String path = failed instanceof String uri ? uri : request.getRequestURI();
    return path.equals("/v2") || path.startsWith("/v2/");
  }

  private static List<Map<String, String>> errors(List<Violation> violations) {
    List<Map<String, String>> errors = new ArrayList<>();
    for (Violation violation : violations) {
      String member = violation.where().startsWith("#") ? "pointer" : "parameter";
      errors.add(Map.of("detail", violation.detail(), member, violation.where()));
    }
    return errors;
  }

  static ProblemType typeOf(HttpStatusCode status) {
    return switch (status.value()) {
      case 404 -> ProblemType.NOT_FOUND;
      case 405 -> ProblemType.METHOD_NOT_ALLOWED;
      case 406 -> ProblemType.NOT_ACCEPTABLE;
      case 413 -> ProblemType.PAYLOAD_TOO_LARGE;
      case 415 -> ProblemType.UNSUPPORTED_MEDIA_TYPE;
      default -> status.is5xxServerError() ? ProblemType.INTERNAL_ERROR : ProblemType.BAD_REQUEST;
    };
  }
}
