package io.mlp.api.problem;

import java.net.URI;
import java.util.Locale;
import org.springframework.http.HttpStatus;

/**
 * The kinds of problems that the API answers with; each has one status, one title, and a page that
 * tells the cause and the cure.
 */
public enum ProblemType {
  MALFORMED_JSON(
      HttpStatus.BAD_REQUEST,
      "The body is not the JSON it should be",
      "The body cannot be read as JSON in UTF-8, or not as what Content-Encoding says it is.",
      "Look at the place that errors names. NaN and infinities are written as texts."),
  INVALID_PARAMETER(
      HttpStatus.BAD_REQUEST,
      "A parameter or header is not valid",
      "A parameter of the query, a part of the path or a header has a value out of its range.",
      "Send a value of the range that errors names."),
  VALIDATION_ERROR(
      HttpStatus.UNPROCESSABLE_CONTENT,
      "The body does not fit the API or the model",
      "The body is JSON, but has an unknown member, a missing one, or one that the model does not"
          + " take.",
      "Look at the place that errors names. GET /v1/models/{name} tells a model's inputs, shapes and"
          + " datatypes."),
  MODEL_NOT_FOUND(
      HttpStatus.UNPROCESSABLE_CONTENT,
      "No worker has registered this model",
      "No model of that name, or no such version of it, is served.",
      "GET /v1/models lists those that are. A version that failed to load is listed with its"
          + " reason."),
  IDEMPOTENCY_KEY_REUSED(
      HttpStatus.UNPROCESSABLE_CONTENT,
      "The Idempotency-Key stands for another request",
      "The key was used for a submission with another body.",
      "Use a new key for each new job; send a key again only with the same body."),
  UNAUTHORIZED(
      HttpStatus.UNAUTHORIZED,
      "The request needs a key that is accepted",
      "No key was sent, or one that was never given out, has been revoked or has expired.",
      "Send Authorization: Bearer with your key. An administrator makes one with POST /v1/keys."),
  FORBIDDEN(
      HttpStatus.FORBIDDEN,
      "The key does not allow that",
      "The key is good, but its role or its list of models does not include what was asked for.",
      "GET /v1/keys/self tells what the key may. An administrator makes another one."),
  NOT_FOUND(
      HttpStatus.NOT_FOUND,
      "There is nothing here",
      "The path names nothing that the API has.",
      "The page /docs lists all paths. They are written without a slash at the end."),
  JOB_NOT_FOUND(
      HttpStatus.NOT_FOUND,
      "There is no such job",
      "No job has that id.",
      "Look for a mistake in the id; GET /v1/jobs lists the jobs there are."),
  METHOD_NOT_ALLOWED(
      HttpStatus.METHOD_NOT_ALLOWED,
      "The resource has no such method",
      "The path exists, but not with that method.",
      "The header Allow names the methods that it has."),
  NOT_ACCEPTABLE(
      HttpStatus.NOT_ACCEPTABLE,
      "The answer has no such form",
      "The header Accept excludes the only form that the answer has.",
      "Accept application/json and application/problem+json, or leave Accept out."),
  KEY_REVOKED(
      HttpStatus.CONFLICT,
      "The key has been revoked",
      "A revoked key stays revoked, and cannot be changed or rotated.",
      "Make a new key with POST /v1/keys."),
  JOB_NOT_FINISHED(
      HttpStatus.CONFLICT,
      "The job has not finished yet",
      "What was asked for is there only when the job has ended.",
      "Ask again later, or wait with GET /v1/jobs/{id}?wait=30.",
      true),
  JOB_FINISHED(
      HttpStatus.CONFLICT,
      "The job has ended already",
      "What has ended cannot be canceled, and what has succeeded cannot be retried.",
      "Nothing: GET /v1/jobs/{id} tells how it ended."),
  JOB_WITHOUT_RESULT(
      HttpStatus.CONFLICT,
      "The job ended without a result",
      "The job failed, was canceled or passed its deadline.",
      "GET /v1/jobs/{id} tells why; POST /v1/jobs/{id}/retry runs it again."),
  JOB_GONE(
      HttpStatus.GONE,
      "The job is kept no longer",
      "By its id the job is older than ended jobs are kept.",
      "Submit it again. The operator sets with API_RETENTION how long jobs are kept."),
  RESULT_EXPIRED(
      HttpStatus.GONE,
      "The job's result has expired",
      "The result was kept until the job's expires_at, and that has passed.",
      "Submit the job again, and fetch the result before expires_at."),
  REQUEST_TIMEOUT(
      HttpStatus.REQUEST_TIMEOUT,
      "The request came too slowly",
      "The body came more slowly than a connection is kept for.",
      "Send it again, in gzip if the line is slow. The operator sets with API_CLIENT_GRACE and"
          + " API_CLIENT_PACE how slow a client may be.",
      true),
  PAYLOAD_TOO_LARGE(
      HttpStatus.CONTENT_TOO_LARGE,
      "The body is too large",
      "The body has more bytes than the limit, as sent or after it was inflated.",
      "Send fewer rows per job. The operator sets the limit with API_MAX_BODY."),
  UNSUPPORTED_MEDIA_TYPE(
      HttpStatus.UNSUPPORTED_MEDIA_TYPE,
      "The body is not application/json",
      "Content-Type is not application/json, or Content-Encoding is none that the API reads.",
      "Send JSON with Content-Type: application/json; as it is, in gzip or in deflate."),
  QUOTA_EXCEEDED(
      HttpStatus.TOO_MANY_REQUESTS,
      "The key has used up its limit",
      "The key sends more jobs or other requests per second than it may, or its owner has as many"
          + " unfinished jobs as it may.",
      "Send the request again after Retry-After. GET /v1/keys/self tells the limits and what is"
          + " left.",
      true),
  QUEUE_FULL(
      HttpStatus.SERVICE_UNAVAILABLE,
      "Too many jobs wait already",
      "As many jobs wait for this model, or for all, as may.",
      "Send the job again after Retry-After. GET /v1/queues tells how many wait.",
      true),
  OVERLOADED(
      HttpStatus.SERVICE_UNAVAILABLE,
      "The service takes no more at the moment",
      "Other requests hold the memory that this one needs, or too many wait to be stored.",
      "Send the request again after Retry-After.",
      true),
  STORE_UNAVAILABLE(
      HttpStatus.SERVICE_UNAVAILABLE,
      "The database does not answer",
      "The database is away, read-only, full or too slow.",
      "Send the request again after Retry-After. A submission may have been stored all the same:"
          + " one with an Idempotency-Key can be sent again without making a second job.",
      true),
  CACHE_UNAVAILABLE(
      HttpStatus.SERVICE_UNAVAILABLE,
      "Redis does not answer",
      "Redis, which may keep a copy of what is to be deleted, is away or refuses writes.",
      "Send the request again after Retry-After: nothing has been deleted.",
      true),
  BAD_REQUEST(
      HttpStatus.BAD_REQUEST,
      "The request is not valid",
      "The request breaks the rules of HTTP, so that nothing of it was looked at.",
      "Look for unencoded characters in the path, for two lengths, and for headers that are too"
          + " long."),
  INTERNAL_ERROR(
      HttpStatus.INTERNAL_SERVER_ERROR,
      "The service failed",
      "A fault of the service itself.",
      "Tell the operator the request id: the service's log has the cause under it.");

  private final HttpStatus status;
  private final String title;
  private final String cause;
  private final String cure;
  private final boolean retryable;

  ProblemType(HttpStatus status, String title, String cause, String cure) {
    this(status, title, cause, cure, false);
  }

  ProblemType(HttpStatus status, String title, String cause, String cure, boolean retryable) {
    this.status = status;
    this.title = title;
    this.cause = cause;
    this.cure = cure;
    this.retryable = retryable;
  }

  public HttpStatus status() {
    return status;
  }

  public String title() {
    return title;
  }

  /** Why it happens. */
  public String cause() {
    return cause;
  }

  /** What its reader can do. */
  public String cure() {
    return cure;
  }

  /** Whether the same request may succeed later. */
  public boolean retryable() {
    return retryable;
  }

  /** Its name in URIs. */
  public String slug() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** {@code urn:mlp:problem:<name>}: stable, for programs to compare. */
  public URI uri() {
    return URI.create("urn:mlp:problem:" + slug());
  }

  /** The page that explains it. */
  URI help() {
    return URI.create("/docs/problems/" + slug());
  }
}
