package io.mlp.api.problem;

import io.mlp.job.store.DatabaseFailures;
import io.mlp.job.store.DatabaseOutage;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.List;
import org.apache.coyote.BadRequestException;
import org.apache.coyote.CloseNowException;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
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

  private final ProblemAnswers answers;

  ApiProblems(ProblemAnswers answers) {
    this.answers = answers;
  }

  @ExceptionHandler
  ResponseEntity<Object> problem(ProblemException e, HttpServletRequest request) {
    HttpHeaders headers = new HttpHeaders();
    e.headers().forEach(headers::set);
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

  /** A query that Tomcat cannot decode, found when the first parameter is asked for. */
  @ExceptionHandler
  ResponseEntity<Object> badQuery(InvalidParameterException e, HttpServletRequest request) {
    return problem(
        ProblemException.of(
            ProblemType.INVALID_PARAMETER,
            "The query cannot be decoded (expected: name=value, with UTF-8 behind each %)"),
        request);
  }

  @ExceptionHandler
  ResponseEntity<Object> wrongType(
      MethodArgumentTypeMismatchException e, HttpServletRequest request) {
    return problem(
        ProblemException.at(
            ProblemType.INVALID_PARAMETER,
            e.getName(),
            "%s: %.100s is not valid".formatted(e.getName(), e.getValue())),
        request);
  }

  /** The connection ends with the answer, so that no client takes for whole what was sent of it. */
  @ExceptionHandler
  ResponseEntity<Object> answerCut(CloseNowException e) throws CloseNowException {
    throw e;
  }

  /**
   * Answers nothing if the client has gone, while it sent or while it was answered, nor if its body
   * breaks HTTP's rules, which the server has answered.
   */
  @ExceptionHandler
  @Nullable ResponseEntity<Object> anythingElse(Exception e, HttpServletRequest request) {
    if (e instanceof BadRequestException
        || DisconnectedClientHelper.isClientDisconnectedException(e)) {
      LOG.debug("client gone, or answered by the server", e);
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

  private ResponseEntity<Object> answer(
      ProblemType type,
      HttpStatusCode status,
      String detail,
      List<Violation> violations,
      HttpHeaders headers,
      HttpServletRequest request) {
    ProblemAnswers.Answer answer =
        answers.of(
            type, status, detail, violations, request.getRequestURI(), RequestIds.of(request));
    return ResponseEntity.status(status)
        .headers(headers)
        .headers(answer.headers())
        .body(answer.body());
  }

  static ProblemType typeOf(HttpStatusCode status) {
    return switch (status.value()) {
      case 404 -> ProblemType.NOT_FOUND;
      case 405 -> ProblemType.METHOD_NOT_ALLOWED;
      case 406 -> ProblemType.NOT_ACCEPTABLE;
      case 408 -> ProblemType.REQUEST_TIMEOUT;
      case 413 -> ProblemType.PAYLOAD_TOO_LARGE;
      case 415 -> ProblemType.UNSUPPORTED_MEDIA_TYPE;
      case 501, 505 -> ProblemType.BAD_REQUEST;
      default -> status.is5xxServerError() ? ProblemType.INTERNAL_ERROR : ProblemType.BAD_REQUEST;
    };
  }
}
