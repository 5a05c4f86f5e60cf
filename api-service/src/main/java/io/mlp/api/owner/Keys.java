package io.mlp.api.owner;

import io.mlp.api.audit.Act;
import io.mlp.api.audit.Actor;
import io.mlp.api.audit.Audit;
import io.mlp.api.audit.Entry;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.job.JobIds;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Gives keys out, changes them and takes them back. */
@Component
class Keys {
  private static final Set<String> CHANGEABLE =
      Set.of(
          "description",
          "models",
          "expires_at",
          "jobs_per_second",
          "reads_per_second",
          "max_in_flight");

  private static final Set<String> MEMBERS =
      Stream.concat(Stream.of("owner", "role"), CHANGEABLE.stream())
          .collect(Collectors.toUnmodifiableSet());

  private static final Duration DEFAULT_OVERLAP = Duration.ofDays(1);

  private final StoredKeys stored;
  private final KnownKeys known;
  private final Audit audit;
  private final TransactionTemplate transaction;
  private final Clock clock;

  Keys(
      StoredKeys stored,
      KnownKeys known,
      Audit audit,
      TransactionTemplate transaction,
      Clock clock) {
    this.stored = stored;
    this.known = known;
    this.audit = audit;
    this.transaction = transaction;
    this.clock = clock;
  }

  /**
   * A key that has just been made.
   *
   * @param secret the whole key, which is told this once
   */
  record Made(KeyView key, String secret) {}

  Made create(byte[] json, Actor by) {
    KeyBody body = new KeyBody(json, MEMBERS);
    KeyText text = KeyText.random();
    StoredKey key = blank(text, by);
    KeyView blank = KeyView.of(key);
    key.owner = body.owner();
    key.role = body.role().text();
    key.description = body.description();
    key.models = body.models();
    key.expiresAt = body.expiresAt(key.createdAt);
    key.jobsPerSecond = body.rate("jobs_per_second");
    key.readsPerSecond = body.rate("reads_per_second");
    key.maxInFlight = body.count("max_in_flight");
    body.requireValid();
    KeyView view =
        inTransaction(() -> {
          KeyView saved = KeyView.of(stored.save(key));
          write(Act.CREATE_KEY, blank, saved, null, by);
          return saved;
        });
    known.changed();
    return new Made(view, text.secret());
  }

  private StoredKey blank(KeyText text, Actor by) {
    StoredKey key = new StoredKey();
    key.id = JobIds.next();
    key.prefix = text.prefix();
    key.hash = text.hash().bytes();
    key.createdAt = clock.instant();
    key.createdBy = by.key();
    return key;
  }

  /** Some keys, the newest first, with those that are revoked. */
  List<KeyView> list(@Nullable String owner, UUID before, int most) {
    Limit limit = Limit.of(most);
    List<StoredKey> keys =
        owner == null
            ? stored.findByIdLessThanOrderByIdDesc(before, limit)
            : stored.findByOwnerAndIdLessThanOrderByIdDesc(owner, before, limit);
    return keys.stream().map(KeyView::of).toList();
  }

  KeyView find(UUID id) {
    return stored.findById(id).map(KeyView::of).orElseThrow(() -> absent(id.toString()));
  }

  /** Changes the members that the body has, to null as well. Owner and role stay. */
  KeyView change(UUID id, byte[] json, Actor by) {
    KeyBody body = new KeyBody(json, CHANGEABLE);
    Instant now = clock.instant();
    return changed(
        id,
        key -> {
          KeyView before = KeyView.of(key);
          if (body.has("description")) {
            key.description = body.description();
          }
          if (body.has("models")) {
            key.models = body.models();
          }
          if (body.has("expires_at")) {
            key.expiresAt = body.expiresAt(now);
          }
          if (body.has("jobs_per_second")) {
            key.jobsPerSecond = body.rate("jobs_per_second");
          }
          if (body.has("reads_per_second")) {
            key.readsPerSecond = body.rate("reads_per_second");
          }
          if (body.has("max_in_flight")) {
            key.maxInFlight = body.count("max_in_flight");
          }
          body.requireValid();
          KeyView after = KeyView.of(key);
          if (!after.equals(before)) {
            write(Act.CHANGE_KEY, before, after, null, by);
          }
          return after;
        });
  }

  /** Makes another key of the same kind; the old one is accepted until the overlap is over. */
  Made rotate(UUID id, byte[] json, Actor by) {
    KeyBody body = new KeyBody(json, Set.of("overlap"));
    Duration overlap = body.overlap(DEFAULT_OVERLAP);
    body.requireValid();
    KeyText text = KeyText.random();
    StoredKey next = blank(text, by);
    return changed(
        id,
        old -> {
          KeyView before = KeyView.of(old);
          next.owner = old.owner;
          next.role = old.role;
          next.description = old.description;
          next.models = old.models == null ? null : List.copyOf(old.models);
          next.jobsPerSecond = old.jobsPerSecond;
          next.readsPerSecond = old.readsPerSecond;
          next.maxInFlight = old.maxInFlight;
          next.expiresAt = old.expiresAt;
          Instant end = next.createdAt.plus(overlap);
          if (old.expiresAt == null || end.isBefore(old.expiresAt)) {
            old.expiresAt = end;
          }
          KeyView made = KeyView.of(stored.save(next));
          write(Act.ROTATE_KEY, before, KeyView.of(old), made.id(), by);
          return new Made(made, text.secret());
        });
  }

  /** Ends a key for good; asked a second time, it answers the same. */
  KeyView revoke(UUID id, Actor by) {
    KeyView revoked =
        inTransaction(() -> {
          StoredKey key = stored.lock(id).orElseThrow(() -> absent(id.toString()));
          if (key.revokedAt == null) {
            KeyView before = KeyView.of(key);
            key.revokedAt = clock.instant();
            write(Act.REVOKE_KEY, before, KeyView.of(key), null, by);
          }
          return KeyView.of(key);
        });
    known.changed();
    return revoked;
  }

  private <T> T changed(UUID id, Function<StoredKey, T> change) {
    T outcome =
        inTransaction(() -> {
          StoredKey key = stored.lock(id).orElseThrow(() -> absent(id.toString()));
          if (key.revokedAt != null) {
            throw ProblemException.of(
                ProblemType.KEY_REVOKED, "The key was revoked at " + key.revokedAt);
          }
          return change.apply(key);
        });
    known.changed();
    return outcome;
  }

  private void write(Act act, KeyView before, KeyView after, @Nullable UUID successor, Actor by) {
    Entry.Details details = new Entry.Details(after.changedSince(before), successor);
    audit.write(by, new Entry(act, after.id(), after.owner(), details));
  }

  private <T> T inTransaction(Supplier<T> work) {
    return Objects.requireNonNull(transaction.execute(_ -> work.get()));
  }

  static ProblemException absent(String id) {
    return ProblemException.of(ProblemType.NOT_FOUND, "There is no key " + id);
  }

  static ProblemException roleMissing(Role needed) {
    return ProblemException.of(
        ProblemType.FORBIDDEN,
        "The key's role does not allow that (expected: %s)"
            .formatted(needed == Role.SUBMIT ? "submit or admin" : needed.text()));
  }
}
