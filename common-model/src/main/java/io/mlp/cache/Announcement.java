package io.mlp.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mlp.job.Job;
import io.mlp.job.JobJson;
import io.mlp.job.JobStatus;
import io.mlp.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What a worker says once a batch, to whom it may concern: these jobs have ended.
 *
 * <p>On the wire: a line of UTF-8 for each job, its JSON or its id alone. A few small jobs that
 * have succeeded are told whole, so that whoever waits for one need not ask for it. In a large
 * batch most jobs are waited for by nobody, or by many together, and one question serves them all.
 *
 * @param jobIds of all
 * @param jobs JSON of those that are told whole, by id; they will not change any more
 */
public record Announcement(List<UUID> jobIds, Map<UUID, byte[]> jobs) {
  /** Where it is said. Counts up with the form of the message. */
  public static final String CHANNEL = "mlp:finished:3";

  /** Most jobs of a batch that are told whole. */
  static final int FEW = 8;

  /** Most bytes of a job that is told whole. */
  static final int SMALL = 8 << 10;

  private static final String BEGINNING = "{\"id\":\"";
  private static final int ID_LENGTH = 36;

  /** These jobs have ended. */
  public static Announcement of(List<Job> ended) {
    Map<UUID, byte[]> whole = new LinkedHashMap<>();
    if (ended.size() <= FEW) {
      for (Job job : ended) {
        // One that failed may be retried, so only the database knows whether it is finished still.
        if (job.status() == JobStatus.SUCCEEDED && outputBytes(job) <= SMALL) {
          byte[] json = JobJson.write(job);
          if (json.length <= SMALL) {
            whole.put(job.id(), json);
          }
        }
      }
    }
    return new Announcement(ended.stream().map(Job::id).toList(), whole);
  }

  /** So that the text of a large answer is not made for nothing. */
  private static long outputBytes(Job job) {
    return job.outputs() == null ? 0 : job.outputs().stream().mapToLong(Tensor::byteSize).sum();
  }

  public byte[] encode() {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    for (UUID id : jobIds) {
      if (message.size() > 0) {
        message.write('\n');
      }
      message.writeBytes(jobs.getOrDefault(id, id.toString().getBytes(UTF_8)));
    }
    return message.toByteArray();
  }

  /**
   * Reads a message of the channel.
   *
   * @throws IllegalArgumentException if it holds anything but ids and jobs
   */
  public static Announcement decode(byte[] message) {
    List<UUID> ids = new ArrayList<>();
    Map<UUID, byte[]> whole = new LinkedHashMap<>();
    for (String line : new String(message, UTF_8).split("\n", -1)) {
      if (line.startsWith(BEGINNING)) {
        UUID id = id(line.substring(BEGINNING.length()));
        ids.add(id);
        whole.put(id, line.getBytes(UTF_8));
      } else {
        ids.add(UUID.fromString(line));
      }
    }
    return new Announcement(ids, whole);
  }

  private static UUID id(String line) {
    if (line.length() < ID_LENGTH) {
      throw new IllegalArgumentException("an announced job is cut short");
    }
    return UUID.fromString(line.substring(0, ID_LENGTH));
  }
}
