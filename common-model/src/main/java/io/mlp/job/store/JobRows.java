package io.mlp.job.store;

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
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns rows of the view {@code job_state} into jobs. */
final class JobRows {
  private JobRows() {}

  static FoundJob found(ResultSet row) throws SQLException {
    byte[] outputs = row.getBytes("outputs");
    String predictions = row.getString("predictions");
    Job job =
        job(
            row,
            outputs == null ? null : TensorCodec.decode(outputs),
            predictions == null ? null : JobJson.readPredictions(predictions));
    return new FoundJob(job, outputs == null ? large(row) : null);
  }

  private static @Nullable LargeOutputs large(ResultSet row) throws SQLException {
    int bytes = row.getInt("output_bytes");
    return row.wasNull()
        ? null
        : new LargeOutputs(Columns.id(row, "id"), Columns.instant(row, "completed_at"), bytes);
  }

  static Job facts(ResultSet row) throws SQLException {
    return job(row, null, null);
  }

  private static Job job(
      ResultSet row, @Nullable List<Tensor> outputs, @Nullable List<Prediction> predictions)
      throws SQLException {
    return new Job(
        Columns.id(row, "id"),
        row.getString("owner"),
        row.getString("model"),
        row.getInt("version"),
        row.getString("model_digest"),
        JobStatus.of(row.getString("status")).orElseThrow(),
        row.getInt("priority"),
        row.getInt("attempts"),
        Columns.instant(row, "created_at"),
        Columns.instantOrNull(row, "started_at"),
        Columns.instantOrNull(row, "completed_at"),
        Columns.instantOrNull(row, "expires_at"),
        Columns.options(row),
        outputs,
        predictions,
        failure(row),
        metrics(row));
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
