package io.mlp.api.model;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/** A row of {@code model_version}; workers write it, the api only reads. */
@Entity
@Immutable
@Table(name = "model_version")
class RegisteredVersion {
  @Id Integer id = 0;
  String model = "";
  int version;
  String digest = "";
  @Nullable String description;

  @JdbcTypeCode(SqlTypes.JSON)
  String inputs = "";

  @JdbcTypeCode(SqlTypes.JSON)
  String outputs = "";

  @JdbcTypeCode(SqlTypes.JSON)
  @Nullable String labels;

  @JdbcTypeCode(SqlTypes.JSON)
  @Nullable String example;

  int maxBatchRows;
  String batching = "";
  @Nullable String batchingReason;
  boolean repeatable;
  @Nullable Integer cacheSeconds;
  Instant registeredAt = Instant.EPOCH;
  @Nullable Instant retiredAt;
}
