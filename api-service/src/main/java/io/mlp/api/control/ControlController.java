package io.mlp.api.control;

import io.mlp.api.status.JobPaths;
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

  ControlController(JobPaths paths, Cancellation cancellation) {
    this.paths = paths;
    this.cancellation = cancellation;
  }

  /** Ends the job, if it has not ended; asked a second time, it answers the same. */
  @PostMapping("/v1/jobs/{id}/cancel")
  ResponseEntity<byte[]> cancel(@PathVariable String id) {
    byte[] canceled = cancellation.cancel(paths.id(id));
    return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(canceled);
  }
}
