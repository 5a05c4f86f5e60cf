package io.mlp.api.owner;

import io.mlp.api.lookup.SharedRead;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.job.store.DatabaseOutage;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * The keys that are accepted, kept in memory, so that a request asks the database nothing. They are
 * read anew every second; what was read longer ago than {@link #OLDEST} is accepted no more, so
 * that a revoked key is refused everywhere within that time, whatever is broken.
 */
@Component
public class KnownKeys {
  /**
   * How old a reading may be. With the second until the next one, a revocation takes less than 5 s.
   */
  private static final Duration OLDEST = Duration.ofSeconds(4);

  /** Who tries keys that do not exist causes ten readings a second, and no more. */
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  private static final DatabaseOutage OUTAGE = DatabaseOutage.ofThisProcess();

  private final StoredKeys stored;
  private final Map<KeyText.Hash, Caller> bootstrap;
  private final Limits limits;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private final SharedRead reads = new SharedRead(this::read);
  private final SharedRead looks = new SharedRead(this::look);
  private volatile @Nullable Reading reading;

  /** What was read, and when the reading began. */
  private record Reading(Map<KeyText.Hash, Caller> keys, long began) {}

  @Autowired
  KnownKeys(StoredKeys stored, KeySettings settings, Clock clock) {
    this(stored, settings, clock, System::nanoTime);
  }

  KnownKeys(StoredKeys stored, KeySettings settings, Clock clock, LongSupplier nanoTime) {
    this.stored = stored;
    this.limits = settings.limits();
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.bootstrap = new HashMap<>();
    add(
        settings.bootstrapAdmin(),
        new Caller("admin", Role.ADMIN, "bootstrap-admin", null, Limits.NONE, null));
    add(
        settings.bootstrapSubmit(),
        new Caller("default", Role.SUBMIT, "bootstrap-submit", null, limits, null));
  }

  private void add(String key, Caller caller) {
    KeyText.of(key).ifPresent(text -> bootstrap.put(text.hash(), caller));
  }

  /**
   * Whose key it is; empty if it was never given out, has been revoked or has expired.
   *
   * @throws ProblemException 503 if that cannot be known, because the database is away
   */
  Optional<Caller> find(KeyText key) {
    KeyText.Hash hash = key.hash();
    Caller fromSettings = bootstrap.get(hash);
    if (fromSettings != null) {
      return Optional.of(fromSettings);
    }
    Optional<Caller> known = Optional.ofNullable(fresh().keys.get(hash));
    return (known.isPresent() ? known : lookedUp(hash)).filter(this::unexpired);
  }

  private boolean unexpired(Caller caller) {
    return caller.expiresAt() == null || clock.instant().isBefore(caller.expiresAt());
  }

  private Reading fresh() {
    Reading now = reading;
    if (now == null || nanoTime.getAsLong() - now.began > OLDEST.toNanos()) {
      throw unknowable(null);
    }
    return now;
  }

  /** It may have been given out since the last reading. */
  private Optional<Caller> lookedUp(KeyText.Hash hash) {
    try {
      looks.run();
    } catch (DataAccessException | TransactionException e) {
      throw unknowable(e);
    }
    return Optional.ofNullable(fresh().keys.get(hash));
  }

  private void look() {
    Reading last = reading;
    if (last != null) {
      LockSupport.parkNanos(BETWEEN_LOOKS.toNanos() - (nanoTime.getAsLong() - last.began));
    }
    reads.run();
  }

  private static ProblemException unknowable(@Nullable Exception cause) {
    return ProblemException.passing(
        ProblemType.STORE_UNAVAILABLE,
        "Keys cannot be checked at the moment, because the database does not answer",
        Duration.ofSeconds(2),
        cause);
  }

  /** Whether keys have been read yet, so that they can be checked. */
  public boolean areKnown() {
    return reading != null;
  }

  @EventListener(ApplicationReadyEvent.class)
  @Scheduled(fixedDelayString = "${api.keys.refresh}")
  void refresh() {
    OUTAGE.unlessAway(reads::run);
  }

  /** Reads them now, because one has changed. A failure is not the change's: it has committed. */
  void changed() {
    OUTAGE.unlessAway(reads::run);
  }

  private void read() {
    long began = nanoTime.getAsLong();
    List<StoredKey> all = stored.findAcceptable(clock.instant());
    Map<KeyText.Hash, Caller> keys = new HashMap<>();
    all.forEach(key -> keys.put(new KeyText.Hash(key.hash), key.caller(limits)));
    reading = new Reading(keys, began);
  }
}
