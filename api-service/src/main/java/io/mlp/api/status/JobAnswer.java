package io.mlp.api.status;

import io.mlp.job.Job;
import io.mlp.job.JobJson;
import io.mlp.job.store.FoundJob;
import io.mlp.job.store.LargeOutputs;

/** What is answered for a job, wherever it was found. */
public sealed interface JobAnswer {
  /** Whether the job has ended; all but a success may be retried and then is no end. */
  boolean finished();

  /**
   * Of the facts alone, since outputs do not change under them: a job that failed, was retried and
   * failed again has another.
   */
  String etag();

  static JobAnswer of(FoundJob found) {
    Job job = found.job();
    return found.large() == null
        ? new Whole(JobJson.write(job), job.status().terminal())
        : new Large(job, found.large());
  }

  /**
   * A job whose JSON is small.
   *
   * @param json the job
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Whole(byte[] json, boolean finished) implements JobAnswer {
    @Override
    public String etag() {
      return EntityTag.of(json, JobJson.factsIn(json));
    }
  }

  /**
   * A job whose outputs are read while they are sent.
   *
   * @param job without them
   */
  record Large(Job job, LargeOutputs outputs) implements JobAnswer {
    @Override
    public boolean finished() {
      return job.status().terminal();
    }

    @Override
    public String etag() {
      byte[] facts = JobJson.facts(job);
      return EntityTag.of(facts, facts.length);
    }
  }
}
