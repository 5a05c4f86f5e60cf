package io.mlp.api.control;

import io.mlp.api.audit.Actor;
import io.mlp.api.owner.Caller;
import io.mlp.api.status.JobAnswer;
import io.mlp.api.status.JobAnswers;
import io.mlp.api.status.JobPaths;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.ServletWebRequest;

/** What clients may do to a job that is there already. */
@RestController
class ControlController {
  private final JobPaths paths;
  private final Cancellation cancellation;
  private final ManualRetry retry;
  private final Deletion deletion;
  private final JobAnswers answers;

  ControlController(
      JobPaths paths,
      Cancellation cancellation,
      ManualRetry retry,
      Deletion deletion,
      JobAnswers answers) {
    this.paths = paths;
    this.cancellation = cancellation;
    this.retry = retry;
    this.deletion = deletion;
    this.answers = answers;
  }

  /** Ends the job, if it has not ended; asked a second time, it answers the same. */
  @PostMapping("/v1/jobs/{id}/cancel")
  @Nullable ResponseEntity<byte[]> cancel(
      @PathVariable String id, @AuthenticationPrincipal Caller caller, ServletWebRequest request)
      throws IOException {
    return answers.job(
        ResponseEntity.ok(),
        cancellation.cancel(paths.id(id), caller, by(caller, request)),
        request);
  }

  /** Queues the job again, if it has ended without a result. */
  @PostMapping("/v1/jobs/{id}/retry")
  @Nullable ResponseEntity<byte[]> retry(
      @PathVariable String id, @AuthenticationPrincipal Caller caller, ServletWebRequest request)
      throws IOException {
    UUID jobId = paths.id(id);
    JobAnswer queued = retry.retry(jobId, caller, by(caller, request));
    ResponseEntity.BodyBuilder head =
        ResponseEntity.accepted()
            .location(URI.create("/v1/jobs/" + jobId))
            .header(HttpHeaders.RETRY_AFTER, "1");
    return answers.job(head, queued, request);
  }

  /** Deletes the job with its data, if it has ended. */
  @DeleteMapping("/v1/jobs/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(
      @PathVariable String id, @AuthenticationPrincipal Caller caller, HttpServletRequest request) {
    deletion.delete(paths.id(id), caller, caller.in(request));
  }

  private static Actor by(Caller caller, ServletWebRequest request) {
    return caller.in(request.getRequest());
  }
}
