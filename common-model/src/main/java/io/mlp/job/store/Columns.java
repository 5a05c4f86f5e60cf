package io.mlp.job.store;

import io.mlp.job.JobOptions;
import io.mlp.job.TraceContext;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorCodec;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.SqlTypeValue;

/** Reads the columns of a row as the types that a job is made of. */
final class Columns {
  private static final Logger LOG = LoggerFactory.getLogger(Columns.class);

  private Columns() {}

  static UUID id(ResultSet row, String column) throws SQLException {
    return row.getObject(column, UUID.class);
  }

  static Instant instant(ResultSet row, String column) throws SQLException {
    return Objects.requireNonNull(instantOrNull(row, column), column);
  }

  static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  /** As a parameter that is compared with a {@code timestamptz}. */
  static OffsetDateTime time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  static List<Long> longs(ResultSet row, String column) throws SQLException {
    return List.of((Long[]) row.getArray(column).getArray());
  }

  /** Times by integers, an array of each, which are null if they would be empty. */
  static Map<Integer, Instant> instants(ResultSet row, String keys, String values)
      throws SQLException {
    Array array = row.getArray(keys);
    if (array == null) {
      return Map.of();
    }
    Integer[] integers = (Integer[]) array.getArray();
    Timestamp[] times = (Timestamp[]) row.getArray(values).getArray();
    Map<Integer, Instant> instants = new HashMap<>();
    for (int i = 0; i < integers.length; i++) {
      instants.put(integers[i], times[i].toInstant());
    }
    return instants;
  }

  /** As a parameter that is an array. */
  static SqlTypeValue array(String type, Collection<?> values) {
    return new SqlArray(type, values.toArray());
  }

  /** As a parameter of {@code make_interval}. */
  static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  static JobOptions options(ResultSet row) throws SQLException {
    return JobOptions.read(row.getString("options"));
  }

  static @Nullable TraceContext trace(ResultSet row) throws SQLException {
    String stored = row.getString("traceparent");
    return stored == null ? null : TraceContext.read(stored).orElse(null);
  }

  /** Inputs that cannot be read are none: no model takes them but one without inputs. */
  static List<Tensor> inputs(ResultSet row) throws SQLException {
    byte[] stored = row.getBytes("inputs");
    try {
      return stored == null ? List.of() : TensorCodec.decode(stored);
    } catch (RuntimeException e) {
      LOG.error("The stored inputs of a job cannot be read", e);
      return List.of();
    }
  }
}
