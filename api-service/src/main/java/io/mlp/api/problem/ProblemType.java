package io.mlp.api.problem;

import java.net.URI;
import java.util.Locale;
import org.springframework.http.HttpStatus;

/** The kinds of problems that the API answers with; each has one status and one title. */
public enum ProblemType {
  MALFORMED_JSON(HttpStatus.BAD_REQUEST, "The body is not the JSON it should be"),
  INVALID_PARAMETER(HttpStatus.BAD_REQUEST, "A parameter or header is not valid"),
  VALIDATION_ERROR(HttpStatus.UNPROCESSABLE_CONTENT, "The job does not fit its model or the API"),
  MODEL_NOT_FOUND(HttpStatus.UNPROCESSABLE_CONTENT, "No worker has registered this model"),
  IDEMPOTENCY_KEY_REUSED(
      HttpStatus.UNPROCESSABLE_CONTENT, "The Idempotency-Key stands for another request"),
  NOT_FOUND(HttpStatus.NOT_FOUND, "There is nothing here"),
  JOB_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such job"),
  METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED, "The resource has no such method"),
  NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE, "The answer has no such form"),
  JOB_NOT_FINISHED(HttpStatus.CONFLICT, "The job has not finished yet"),
  JOB_FINISHED(HttpStatus.CONFLICT, "The job has ended already"),
  JOB_WITHOUT_RESULT(HttpStatus.CONFLICT, "The job ended without a result"),
  JOB_GONE(HttpStatus.GONE, "The job is kept no longer"),
  RESULT_EXPIRED(HttpStatus.GONE, "The job's result has expired"),
  PAYLOAD_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "The body is too large"),
  UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "The body is not application/json"),
  QUEUE_FULL(HttpStatus.SERVICE_UNAVAILABLE, "Too many jobs wait already"),
  OVERLOADED(HttpStatus.SERVICE_UNAVAILABLE, "The service takes no more at the moment"),
  STORE_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "The database does not answer"),
  BAD_REQUEST(HttpStatus.BAD_REQUEST, "The request is not valid"),
  INTERNAL_ERROR(HttpStatus.INTERNAL_SERVER_ERROR, "The service failed");

  private final HttpStatus status;
  private final String title;

  ProblemType(HttpStatus status, String title) {
    this.status = status;
    this.title = title;
  }

  public HttpStatus status() {
    return status;
  }

  String title() {
    return title;
  }

  /** {@code urn:mlp:problem:<name>}: stable, for programs to compare. */
  URI uri() {
    return URI.create("urn:mlp:problem:" + name().toLowerCase(Locale.ROOT).replace('_', '-'));
  }
}
