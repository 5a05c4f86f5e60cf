package io.mlp.api.status;

/** What a request that waits for a job's end is told of it. */
public sealed interface JobEnd {
  /**
   * The whole job, which is small.
   *
   * @param json the job
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Told(byte[] json) implements JobEnd {}

  /**
   * Only that it has ended: whoever answers reads it, so that nobody holds it while others wait.
   */
  record Untold() implements JobEnd {}
}
