package io.mlp.api.submission;

import io.mlp.api.dispatch.UnsentTickets;
import io.mlp.api.model.CataloguedVersion;
import io.mlp.api.queue.LoneTurns;
import io.mlp.api.retention.RetentionSettings;
import io.mlp.cache.ContentKey;
import io.mlp.job.CachePolicy;
import io.mlp.job.JobIds;
import io.mlp.model.Batching;
import io.mlp.model.ModelSignature;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorType;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Jobs of one row of 64 numbers, stored by the api's own statement with nothing around it. */
public final class StoredJobs {
  private static final RetentionSettings RETENTION =
      new RetentionSettings(Duration.ofDays(7), Duration.ofDays(1), Duration.ofSeconds(1), 1000);
  private static final Tensor IMAGE =
      new Tensor(
          "image", TensorType.FP32, TensorShape.of(1, 64), ByteBuffer.allocate(64 * Float.BYTES));

  private final NewJobs store;
  private final CataloguedVersion version;

  /**
   * Stores through these connections.
   *
   * @param versionId of the model version that the jobs are for
   */
  public StoredJobs(JdbcTemplate jdbc, int versionId) {
    this.store =
        new NewJobs(
            jdbc, LoneTurns.create(JdbcClient.create(jdbc)), RETENTION, UnsentTickets.create());
    this.version = version(versionId);
  }

  private static CataloguedVersion version(int id) {
    return new CataloguedVersion(
        id,
        "digits",
        1,
        "0".repeat(64),
        null,
        new ModelSignature(List.of(), List.of()),
        null,
        null,
        Batching.declared(64),
        true,
        null,
        ContentKey.Scope.of("0".repeat(64), List.of()),
        Instant.EPOCH,
        null,
        List.of(),
        List.of());
  }

  /** Stores so many in one statement and one commit. */
  public void store(int count) {
    List<NewJobs.Placed> jobs = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      jobs.add(store.place(job(), true));
    }
    store.insert(jobs);
  }

  private NewJob job() {
    return new NewJob(
        JobIds.next(),
        version,
        false,
        "owner",
        List.of(IMAGE),
        null,
        4,
        3,
        null,
        Map.of(),
        CachePolicy.BYPASS,
        null,
        null);
  }
}
