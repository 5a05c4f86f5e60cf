package io.mlp.api.owner;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.PostLoad;
import jakarta.persistence.PostPersist;
import jakarta.persistence.Table;
import jakarta.persistence.Transient;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Persistable;

/** A row of {@code api_key}. */
@Entity
@Table(name = "api_key")
class StoredKey implements Persistable<UUID> {
  @Id UUID id = new UUID(0, 0);
  String owner = "";
  String role = "";
  String prefix = "";
  byte[] hash = {};
  @Nullable String description;

  @JdbcTypeCode(SqlTypes.ARRAY)
  @Nullable List<String> models;

  @Nullable Integer jobsPerSecond;
  @Nullable Integer readsPerSecond;
  @Nullable Integer maxInFlight;
  Instant createdAt = Instant.EPOCH;
  String createdBy = "";
  @Nullable Instant expiresAt;
  @Nullable Instant revokedAt;

  /** Written by a statement of its own, so that a change of something else does not undo it. */
  @Column(updatable = false)
  @Nullable Instant lastUsedAt;

  @Transient private boolean stored;

  @Override
  public UUID getId() {
    return id;
  }

  @Override
  public boolean isNew() {
    return !stored;
  }

  @PostLoad
  @PostPersist
  void isStored() {
    stored = true;
  }

  Role role() {
    return Role.of(role).orElseThrow();
  }

  /** Who has it, with those limits where it has none of its own. */
  Caller caller(Limits otherwise) {
    Limits limits =
        new Limits(
            Objects.requireNonNullElse(jobsPerSecond, otherwise.jobsPerSecond()),
            Objects.requireNonNullElse(readsPerSecond, otherwise.readsPerSecond()),
            Objects.requireNonNullElse(maxInFlight, otherwise.maxInFlight()));
    return new Caller(
        owner, role(), prefix, models == null ? null : Set.copyOf(models), limits, expiresAt);
  }
}
