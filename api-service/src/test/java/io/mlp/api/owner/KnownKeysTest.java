package io.mlp.api.owner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mlp.api.MutableClock;
import io.mlp.api.Settings;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.data.domain.Limit;

class KnownKeysTest {
  private static final KeyText BOOTSTRAP = KeyText.random();

  private final FakeStore store = new FakeStore();
  private final MutableClock clock = new MutableClock();
  private long now;
  private final KnownKeys keys =
      new KnownKeys(
          store,
          Settings.of(KeySettings.class, Map.of("bootstrap-submit", BOOTSTRAP.secret())),
          clock,
          () -> now);

  /** Keys, and a database that may be away. */
  private static final class FakeStore implements StoredKeys {
    private final List<StoredKey> keys = new ArrayList<>();
    private boolean away;
    private int reads;

    StoredKey add(KeyText text) {
      StoredKey key = new StoredKey();
      key.owner = "vision";
      key.role = "submit";
      key.prefix = text.prefix();
      key.hash = text.hash().bytes();
      keys.add(key);
      return key;
    }

    @Override
    public List<StoredKey> findAcceptable(Instant now) {
      reads++;
      if (away) {
        throw new DataAccessResourceFailureException("away");
      }
      return List.copyOf(keys);
    }

    @Override
    public StoredKey save(StoredKey key) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<StoredKey> findById(UUID id) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<StoredKey> lock(UUID id) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<StoredKey> findByIdLessThanOrderByIdDesc(UUID before, Limit most) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<StoredKey> findByOwnerAndIdLessThanOrderByIdDesc(
        String owner, UUID before, Limit most) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int noteUse(List<String> prefixes, Instant at) {
      throw new UnsupportedOperationException();
    }
  }

  private ProblemType problemOf(KeyText key) {
    return catchThrowableOfType(ProblemException.class, () -> keys.find(key)).type();
  }

  @Test
  void areAcceptedWithoutAQuestion() {
    KeyText key = KeyText.random();
    store.add(key);
    keys.refresh();

    assertThat(keys.find(key)).map(Caller::owner).contains("vision");
    assertThat(keys.find(key)).map(Caller::key).contains(key.prefix());
    assertThat(store.reads).isEqualTo(1);
  }

  @Test
  void areLookedUp_whenTheyAreNewerThanTheLastReading() {
    keys.refresh();
    KeyText key = KeyText.random();
    store.add(key);

    assertThat(keys.find(key)).isPresent();
    assertThat(keys.find(KeyText.random())).isEmpty();
  }

  /** Nobody is told that a key is wrong while that cannot be known. */
  @Test
  void areNeitherAcceptedNorRefused_whileTheDatabaseIsAway() {
    KeyText key = KeyText.random();
    store.add(key);
    assertThat(problemOf(key)).isEqualTo(ProblemType.STORE_UNAVAILABLE);
    keys.refresh();
    store.away = true;
    assertThat(problemOf(KeyText.random())).isEqualTo(ProblemType.STORE_UNAVAILABLE);

    now += Duration.ofSeconds(4).toNanos();
    keys.refresh();
    assertThat(keys.find(key)).isPresent();

    now += 1;
    assertThat(problemOf(key)).isEqualTo(ProblemType.STORE_UNAVAILABLE);
  }

  @Test
  void areAcceptedFromTheSettings_whileTheDatabaseIsAway() {
    store.away = true;
    assertThat(keys.find(BOOTSTRAP)).map(Caller::owner).contains("default");
    assertThat(keys.find(BOOTSTRAP)).map(Caller::role).contains(Role.SUBMIT);
  }

  @Test
  void areRefusedFromTheirExpiryOn_evenBeforeTheNextReading() {
    KeyText key = KeyText.random();
    store.add(key).expiresAt = clock.instant().plusSeconds(1);
    keys.refresh();
    assertThat(keys.find(key)).isPresent();

    clock.advance(Duration.ofSeconds(1));

    assertThat(keys.find(key)).isEmpty();
  }

  @Test
  void areRefused_onceAReadingHasThemNoMore() {
    KeyText key = KeyText.random();
    store.add(key);
    keys.refresh();
    store.keys.clear();
    keys.refresh();
    assertThat(keys.find(key)).isEmpty();
  }
}
