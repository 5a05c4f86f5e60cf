package io.mlp.api.submission.storing;

import io.mlp.api.dispatch.FairQueue;
import io.mlp.api.retention.RetentionSettings;
import io.mlp.api.submission.validation.NewJob;
import io.mlp.job.store.JobSubmissions;
import io.mlp.job.store.Submission;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Stores new jobs, those without a ticket with their place in the backlog. */
@Component
class NewJobs implements SharedCommit.Store {
  private final FairQueue fairQueue;
  private final JobSubmissions submissions;

  NewJobs(JdbcClient jdbc, FairQueue fairQueue, RetentionSettings retention) {
    this.fairQueue = fairQueue;
    this.submissions =
        new JobSubmissions(jdbc, new JobSubmissions.Durations(retention.jobs(), retention.keys()));
  }

  @Override
  public Submission place(NewJob job, boolean ticketed) {
    Submission submission = job.submission();
    return ticketed || job.answered()
        ? submission
        : submission.placed(
            fairQueue.next(submission.modelVersionId(), submission.priority(), submission.owner()));
  }

  @Override
  public JobSubmissions.Stored insert(List<Submission> jobs) {
    return submissions.submit(jobs);
  }
}
