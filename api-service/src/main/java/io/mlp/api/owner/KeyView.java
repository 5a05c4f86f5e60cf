package io.mlp.api.owner;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A key as administrators see it: never the key itself.
 *
 * @param prefix the beginning of the key
 * @param models those that it may use; null for all
 * @param jobsPerSecond null for the limit of the settings, as the next two
 * @param createdBy the key that made it
 * @param lastUsedAt to the minute
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record KeyView(
    UUID id,
    String owner,
    String role,
    String prefix,
    @Nullable String description,
    @Nullable List<String> models,
    @Nullable Integer jobsPerSecond,
    @Nullable Integer readsPerSecond,
    @Nullable Integer maxInFlight,
    Instant createdAt,
    String createdBy,
    @Nullable Instant expiresAt,
    @Nullable Instant revokedAt,
    @Nullable Instant lastUsedAt) {

  static KeyView of(StoredKey key) {
    return new KeyView(
        key.id,
        key.owner,
        key.role,
        key.prefix,
        key.description,
        key.models == null ? null : List.copyOf(key.models),
        key.jobsPerSecond,
        key.readsPerSecond,
        key.maxInFlight,
        key.createdAt,
        key.createdBy,
        key.expiresAt,
        key.revokedAt,
        key.lastUsedAt);
  }

  /** Names of the members that are other than before, of those that somebody sets. */
  List<String> changedSince(KeyView before) {
    List<String> changed = new ArrayList<>();
    addIf(!owner.equals(before.owner), "owner", changed);
    addIf(!role.equals(before.role), "role", changed);
    addIf(!Objects.equals(description, before.description), "description", changed);
    addIf(!Objects.equals(models, before.models), "models", changed);
    addIf(!Objects.equals(expiresAt, before.expiresAt), "expires_at", changed);
    addIf(!Objects.equals(jobsPerSecond, before.jobsPerSecond), "jobs_per_second", changed);
    addIf(!Objects.equals(readsPerSecond, before.readsPerSecond), "reads_per_second", changed);
    addIf(!Objects.equals(maxInFlight, before.maxInFlight), "max_in_flight", changed);
    addIf(!Objects.equals(revokedAt, before.revokedAt), "revoked_at", changed);
    return changed;
  }

  private static void addIf(boolean changed, String name, List<String> names) {
    if (changed) {
      names.add(name);
    }
  }
}
