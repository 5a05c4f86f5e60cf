package io.mlp.api.owner;

import io.mlp.api.audit.Actor;
import io.mlp.api.problem.RequestIds;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who sent a request.
 *
 * @param owner whose jobs it submits
 * @param key by what name the key goes in jobs and logs: its prefix, or what is in its place
 * @param models those that it may use; null for all
 * @param limits how much it may
 * @param expiresAt when the key ceases to be accepted; null for never
 */
public record Caller(
    String owner,
    Role role,
    String key,
    @Nullable Set<String> models,
    Limits limits,
    @Nullable Instant expiresAt) {
  /** Owner of the jobs from before there were keys. Nobody has a key of that owner. */
  static final String ANONYMOUS = "anonymous";

  /** What an owner may be called. No such name needs an escape in JSON. */
  static final String OWNER = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";

  /** Whose jobs it sees; null for everybody's. */
  public @Nullable String sees() {
    return role == Role.ADMIN ? null : owner;
  }

  /** Whether it sees that owner's jobs. */
  public boolean sees(String other) {
    return role == Role.ADMIN || owner.equals(other);
  }

  /** As the audit names it for what it does in a request. */
  public Actor in(HttpServletRequest request) {
    return new Actor(owner, key, RequestIds.of(request));
  }

  public boolean mayUse(String model) {
    return models == null || models.contains(model);
  }
}
