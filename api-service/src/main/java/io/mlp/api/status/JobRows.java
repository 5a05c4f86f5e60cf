package io.mlp.api.status;

import io.mlp.job.CacheResult;
import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import io.mlp.job.Job;
import io.mlp.job.JobJson;
import io.mlp.job.JobStatus;
import io.mlp.job.Prediction;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorCodec;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Turns rows of {@link JobStore}'s queries into jobs. */
final class JobRows {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final TypeReference<LinkedHashMap<String, String>> METADATA =
      new TypeReference<>() {};

  private JobRows() {}

  static Job withOutputs(ResultSet row, int number) throws SQLException {
    byte[] outputs = row.getBytes("outputs");
    String predictions = row.getString("predictions");
    return job(
        row,
        outputs == null ? null : TensorCodec.decode(outputs),
        predictions == null ? null : JobJson.readPredictions(predictions));
  }

  static Job facts(ResultSet row, int number) throws SQLException {
    return job(row, null, null);
  }

  private static Job job(
      ResultSet row, @Nullable List<Tensor> outputs, @Nullable List<Prediction> predictions)
      throws SQLException {
    return new Job(
        row.getObject("id", UUID.class),
        row.getString("model"),
        row.getInt("version"),
        row.getString("model_digest"),
        JobStatus.of(row.getString("status")).orElseThrow(),
        row.getInt("priority"),
        row.getInt("attempts"),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        instant(row, "started_at"),
        instant(row, "completed_at"),
        instant(row, "expires_at"),
        metadata(row.getString("metadata")),
        outputs,
        predictions,
        failure(row),
        metrics(row));
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  private static Map<String, String> metadata(@Nullable String json) {
    return json == null ? Map.of() : JSON.readValue(json, METADATA);
  }

  private static @Nullable Failure failure(ResultSet row) throws SQLException {
    String kind = row.getString("failure_kind");
    return kind == null
        ? null
        : new Failure(FailureKind.of(kind).orElseThrow(), row.getString("failure_detail"));
  }

  private static Job.@Nullable Metrics metrics(ResultSet row) throws SQLException {
    double computeMillis = row.getDouble("compute_ms");
    if (row.wasNull()) {
      return null;
    }
    return new Job.Metrics(
        row.getDouble("queue_ms"),
        computeMillis,
        row.getInt("batch_rows"),
        cacheResult(row.getString("cache_result")));
  }

  private static @Nullable CacheResult cacheResult(@Nullable String text) {
    return text == null ? null : CacheResult.of(text).orElseThrow();
  }
}
