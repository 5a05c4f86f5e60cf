package io.mlp.api.submission;

import io.mlp.api.http.RequestBodies;
import io.mlp.api.idempotency.IdempotencyKey;
import io.mlp.api.memory.MemoryBudget;
import io.mlp.api.owner.Caller;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.status.JobAnswer;
import io.mlp.api.status.JobAnswers;
import io.mlp.api.status.WaitSettings;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.ServletWebRequest;

/** {@code POST /v1/jobs}: where a job's life begins. */
@RestController
class SubmissionController {
  private final MemoryBudget budget;
  private final RequestBodies bodies;
  private final JobSubmission submission;
  private final KeyedSubmission keyed;
  private final WaitSettings waits;
  private final JobAnswers answers;

  SubmissionController(
      MemoryBudget budget,
      RequestBodies bodies,
      JobSubmission submission,
      KeyedSubmission keyed,
      WaitSettings waits,
      JobAnswers answers) {
    this.budget = budget;
    this.bodies = bodies;
    this.submission = submission;
    this.keyed = keyed;
    this.waits = waits;
    this.answers = answers;
  }

  @PostMapping(path = "/v1/jobs", consumes = MediaType.APPLICATION_JSON_VALUE)
  @Nullable ResponseEntity<byte[]> submit(
      ServletWebRequest exchange, @AuthenticationPrincipal Caller caller) throws IOException {
    HttpServletRequest request = exchange.getRequest();
    Prefer prefer = Prefer.parse(request.getHeaders("Prefer"), waits.most());
    JobSubmission.Accepted accepted = accept(request, prefer.waiting(), caller);
    try {
      return answer(accepted, accepted.job(), prefer, exchange);
    } catch (ProblemException e) {
      // After a 503 or a 410 its client would send it again, and have two.
      if (accepted.stored() == null) {
        throw e;
      }
      return answer(accepted, accepted.stored(), prefer, exchange);
    }
  }

  private @Nullable ResponseEntity<byte[]> answer(
      JobSubmission.Accepted accepted, JobAnswer job, Prefer prefer, ServletWebRequest exchange)
      throws IOException {
    ResponseEntity.BodyBuilder head =
        job.finished()
            ? ResponseEntity.ok()
            : ResponseEntity.accepted().header(HttpHeaders.RETRY_AFTER, "1");
    prefer.applied().ifPresent(applied -> head.header("Preference-Applied", applied));
    if (accepted.replayed()) {
      head.header("Idempotency-Replayed", "true");
    }
    head.location(URI.create("/v1/jobs/" + accepted.jobId())).varyBy("Prefer");
    return answers.job(head, job, exchange);
  }

  private JobSubmission.Accepted accept(
      HttpServletRequest request, Optional<Duration> wait, Caller caller) throws IOException {
    try (JobSubmission.Stored stored = store(request, wait, caller)) {
      return stored.awaitEnd();
    }
  }

  /** When this returns, neither body nor job are held any more: the client may wait for long. */
  private JobSubmission.Stored store(
      HttpServletRequest request, Optional<Duration> wait, Caller caller) throws IOException {
    Optional<String> key = IdempotencyKey.name(request.getHeaders(IdempotencyKey.HEADER));
    try (MemoryBudget.Share memory = budget.open()) {
      // No variable holds the body, which goes as soon as the job has been made of it.
      return key.isEmpty()
          ? submission.submit(
              submission.read(bodies.receive(request, memory), memory, caller),
              memory,
              wait,
              caller)
          : keyed.submit(
              keyed.read(key.get(), bodies.receive(request, memory), memory, caller),
              memory,
              wait,
              caller);
    }
  }
}
