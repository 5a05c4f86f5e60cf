package io.mlp.api.control;

import io.mlp.api.status.JobPaths;
import java.net.URI;
import java.util.UUID;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** What clients may do to a job that is there already. */
@RestController
class ControlController {
  private final JobPaths paths;
  private final Cancellation cancellation;
  private final ManualRetry retry;

  ControlController(JobPaths paths, Cancellation cancellation, ManualRetry retry) {
    this.paths = paths;
    this.cancellation = cancellation;
    this.retry = retry;
  }

  /** Ends the job, if it has not ended; asked a second time, it answers the same. */
  @PostMapping("/v1/jobs/{id}/cancel")
  ResponseEntity<byte[]> cancel(@PathVariable String id) {
    byte[] canceled = cancellation.cancel(paths.id(id));
    return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(canceled);
  }

  /** Queues the job again, if it has ended without a result. */
  @PostMapping("/v1/jobs/{id}/retry")
  ResponseEntity<byte[]> retry(@PathVariable String id) {
    UUID jobId = paths.id(id);
    byte[] queued = retry.retry(jobId);
    return ResponseEntity.accepted()
        .location(URI.create("/v1/jobs/" + jobId))
        .header(HttpHeaders.RETRY_AFTER, "1")
        .contentType(MediaType.APPLICATION_JSON)
        .body(queued);
  }
}
