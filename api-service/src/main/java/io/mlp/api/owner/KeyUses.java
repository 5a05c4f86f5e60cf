package io.mlp.api.owner;

import io.mlp.job.store.DatabaseOutage;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Notes when keys were used last: one write a minute for all of them, and no request waits. */
@Component
class KeyUses {
  private static final DatabaseOutage OUTAGE = DatabaseOutage.ofThisProcess();

  private final StoredKeys stored;
  private final Clock clock;
  private final Set<String> used = ConcurrentHashMap.newKeySet();

  KeyUses(StoredKeys stored, Clock clock) {
    this.stored = stored;
    this.clock = clock;
  }

  void used(Caller caller) {
    // Asking first is cheaper than adding, and nearly always enough.
    if (!used.contains(caller.key())) {
      used.add(caller.key());
    }
  }

  @Scheduled(fixedRate = 60_000, initialDelay = 60_000)
  void write() {
    List<String> prefixes = List.copyOf(used);
    if (!prefixes.isEmpty()) {
      used.clear();
      OUTAGE.unlessAway(
          () -> stored.noteUse(prefixes, clock.instant().truncatedTo(ChronoUnit.MINUTES)));
    }
  }
}
