package io.mlp.api.status;

import io.mlp.api.http.QueryParameters;
import io.mlp.api.owner.Caller;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.job.Failure;
import io.mlp.job.Job;
import io.mlp.job.JobStatus;
import io.mlp.job.store.FoundJob;
import io.mlp.job.store.JobPage;
import io.mlp.job.store.StoredJobs;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.ServletWebRequest;

/** Answers for jobs by id and as a list. */
@RestController
class StatusController {
  private static final JobPage NOTHING = new JobPage(List.of(), null);

  private final JobLookup jobs;
  private final JobAnswers answers;
  private final StoredJobs store;
  private final JobPaths paths;
  private final WaitSettings waits;
  private final Clock clock;

  StatusController(
      JobLookup jobs,
      JobAnswers answers,
      StoredJobs store,
      JobPaths paths,
      WaitSettings waits,
      Clock clock) {
    this.jobs = jobs;
    this.answers = answers;
    this.store = store;
    this.paths = paths;
    this.waits = waits;
    this.clock = clock;
  }

  /** The job; with {@code wait}, once it has ended or the seconds have passed. */
  @GetMapping("/v1/jobs/{id}")
  @Nullable ResponseEntity<byte[]> job(
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String wait,
      @AuthenticationPrincipal Caller caller,
      ServletWebRequest request)
      throws IOException {
    UUID jobId = paths.id(id);
    JobAnswer found =
        jobs.find(jobId, wait(QueryParameters.whole("wait", wait)), caller)
            .orElseThrow(() -> paths.absent(jobId));
    String etag = found.etag();
    if (request.checkNotModified(etag)) {
      return ResponseEntity.status(304).eTag(etag).build();
    }
    ResponseEntity.BodyBuilder head = ResponseEntity.ok().eTag(etag);
    if (!found.finished()) {
      head.header(HttpHeaders.RETRY_AFTER, "1");
    }
    return answers.job(head, found, request);
  }

  /** The outputs alone, in the form of the Open Inference Protocol. */
  @GetMapping("/v1/jobs/{id}/result")
  @Nullable ResponseEntity<byte[]> result(
      @PathVariable String id, @AuthenticationPrincipal Caller caller, ServletWebRequest request)
      throws IOException {
    UUID jobId = paths.id(id);
    FoundJob found = store.find(jobId, caller.sees()).orElseThrow(() -> paths.absent(jobId));
    requireResult(found.job());
    return answers.result(found, request);
  }

  private void requireResult(Job job) {
    if (!job.status().terminal()) {
      throw ProblemException.passing(
          ProblemType.JOB_NOT_FINISHED,
          "The job is " + job.status().text(),
          Duration.ofSeconds(1),
          null);
    }
    Instant expiresAt = job.expiresAt();
    if (expiresAt != null && expiresAt.isBefore(clock.instant())) {
      throw ProblemException.of(
          ProblemType.RESULT_EXPIRED, "The result was kept until " + expiresAt);
    }
    if (job.status() != JobStatus.SUCCEEDED) {
      throw ProblemException.of(ProblemType.JOB_WITHOUT_RESULT, ending(job));
    }
  }

  private static String ending(Job job) {
    Failure failure = job.failure();
    String reason = failure == null ? "" : ": " + failure.kind().text() + ", " + failure.detail();
    return "The job " + job.status().text() + reason;
  }

  /** Jobs that the caller may see, newest first, without their outputs and predictions. */
  @GetMapping("/v1/jobs")
  ResponseEntity<byte[]> list(
      @RequestParam(required = false) @Nullable String owner,
      @RequestParam(required = false) @Nullable String model,
      @RequestParam(required = false) @Nullable String version,
      @RequestParam(required = false) @Nullable String status,
      @RequestParam(required = false) @Nullable String from,
      @RequestParam(required = false) @Nullable String to,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable String limit,
      @AuthenticationPrincipal Caller caller) {
    ListParameters sent =
        new ListParameters(
            owner, model, version, status, from, to, cursor, QueryParameters.whole("limit", limit));
    JobPage page = sent.filter(caller).map(store::page).orElse(NOTHING);
    ResponseEntity.BodyBuilder head = ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON);
    if (page.next() != null) {
      head.header(HttpHeaders.LINK, "<%s>; rel=\"next\"".formatted(sent.from(page.next())));
    }
    return head.body(JobsJson.page(page));
  }

  private Optional<Duration> wait(@Nullable Integer seconds) {
    if (seconds == null) {
      return Optional.empty();
    }
    if (seconds < 0 || seconds > waits.most().toSeconds()) {
      throw ProblemException.at(
          ProblemType.INVALID_PARAMETER,
          "wait",
          "wait: %d (expected: 0 to %d seconds)".formatted(seconds, waits.most().toSeconds()));
    }
    return Optional.of(Duration.ofSeconds(seconds));
  }
}
