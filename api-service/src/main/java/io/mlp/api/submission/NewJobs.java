package io.mlp.api.submission;

import io.mlp.api.dispatch.Tickets;
import io.mlp.api.queue.Turns;
import io.mlp.api.retention.RetentionSettings;
import io.mlp.job.store.JobSubmissions;
import io.mlp.job.store.Submission;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Gives new jobs their place in the order of claiming, and stores them. */
@Component
class NewJobs implements SharedCommit.Store {
  private final Turns turns;
  private final JobSubmissions submissions;

  NewJobs(JdbcClient jdbc, Turns turns, RetentionSettings retention, Tickets tickets) {
    this.turns = turns;
    this.submissions =
        new JobSubmissions(
            jdbc,
            new JobSubmissions.Durations(retention.jobs(), retention.keys(), tickets.healAfter()));
  }

  @Override
  public Submission place(NewJob job, boolean ticketed) {
    long turn = turns.next(job.version().id(), job.priority(), job.owner());
    return job.submission(turn, ticketed);
  }

  @Override
  public JobSubmissions.Stored insert(List<Submission> jobs) {
    return submissions.submit(jobs);
  }
}
