package io.mlp.dispatch;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What api and worker agree on in Redis: jobs that have succeeded by id, and the channel that
 * announces all that have ended.
 */
public final class FinishedJobs {
  /** Carries one message a batch: the ids of its finished jobs, comma-separated. */
  public static final String CHANNEL = "mlp:finished";

  private FinishedJobs() {}

  /**
   * The key under which a job that has succeeded is kept, as {@link io.mlp.job.JobJson} writes it.
   */
  public static byte[] key(UUID jobId) {
    return ("mlp:job:" + jobId).getBytes(US_ASCII);
  }

  public static byte[] announcement(List<UUID> jobIds) {
    return jobIds.stream().map(UUID::toString).collect(Collectors.joining(",")).getBytes(US_ASCII);
  }

  /**
   * The ids that an announcement names.
   *
   * @throws IllegalArgumentException if the message holds anything but ids
   */
  public static List<UUID> announced(byte[] message) {
    return Arrays.stream(new String(message, US_ASCII).split(",", -1))
        .map(UUID::fromString)
        .toList();
  }
}
