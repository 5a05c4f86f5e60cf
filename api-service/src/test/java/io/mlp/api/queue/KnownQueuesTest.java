package io.mlp.api.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mlp.api.MutableClock;
import io.mlp.api.dispatch.Dispatching;
import io.mlp.api.dispatch.Tickets;
import io.mlp.api.model.CataloguedVersion;
import io.mlp.api.model.FakeRegistry;
import io.mlp.job.store.QueueStatistics.Count;
import io.mlp.model.ModelSignature;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class KnownQueuesTest {
  private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

  private final FakeLiveJobs live = new FakeLiveJobs();
  private final MutableClock clock = new MutableClock();
  private final Tickets tickets = Dispatching.withWindow(1).tickets();
  private final KnownQueues knownQueues = new KnownQueues(live, tickets, clock);
  private final KnownQueue queue = knownQueues.queue(1);

  private long depth() {
    return queue.depth(clock.instant());
  }

  private void accept(int jobs) {
    for (int i = 0; i < jobs; i++) {
      queue.accept();
    }
  }

  @Test
  void knowsNothing_beforeTheFirstCount() {
    assertThat(knownQueues.countedAt()).isEmpty();
    assertThat(depth()).isZero();
    assertThat(queue.oldestSeconds(clock.instant())).isZero();
    assertThat(queue.drained()).isZero();
  }

  @Test
  void countsEachQueueAndAllTogether() {
    live.are(new Count(1, 5, 2, false, 3), new Count(2, 7, 1, false, 4));

    knownQueues.count();

    assertThat(knownQueues.countedAt()).contains(clock.instant());
    assertThat(queue.queued()).isEqualTo(5);
    assertThat(queue.running()).isEqualTo(2);
    assertThat(knownQueues.queue(2).queued()).isEqualTo(7);
    assertThat(knownQueues.all().queued()).isEqualTo(12);
    assertThat(knownQueues.all().running()).isEqualTo(3);
  }

  /** Whoever stored the jobs may have died since. */
  @Test
  void tellsOfBacklogs_soThatTheirTicketsAreSent() {
    CataloguedVersion version =
        new FakeRegistry()
            .version("digits", 1, new ModelSignature(List.of(), List.of()))
            .catalogue()
            .all()
            .getFirst();
    live.are(new Count(version.id(), 5, 2, true, 3));

    knownQueues.count();

    assertThat(tickets.reserve(version)).as("nobody stands in line").isFalse();
    assertThat(knownQueues.queued()).containsExactly(version.id());
  }

  @Test
  void forgetsAQueueThatIsEmptyByNow() {
    live.are(new Count(1, 5, 2, false, 3));
    knownQueues.count();
    live.are();

    knownQueues.count();

    assertThat(queue.queued()).isZero();
    assertThat(queue.running()).isZero();
    assertThat(depth()).isZero();
  }

  @Test
  void addsWhatWasAcceptedSince() {
    accept(3);
    assertThat(depth()).isEqualTo(3);
    live.are(new Count(1, 3, 0, false, 1));
    knownQueues.count();
    assertThat(depth()).isEqualTo(3);

    accept(4);

    assertThat(depth()).isEqualTo(7);
  }

  /** They may or may not be among those that were counted: rather too many than too few. */
  @Test
  void addsWhatWasAcceptedDuringTheCount() {
    live.are(new Count(1, 3, 0, false, 1));
    live.meanwhile(() -> accept(2));

    knownQueues.count();

    assertThat(depth()).isEqualTo(5);
  }

  @Test
  void takesOffWhatWorkersTakeAtTheirPaceOfLate() {
    live.are(new Count(1, 1000, 0, false, 1));
    knownQueues.count();
    accept(500);
    clock.advance(TEN_SECONDS);
    live.are(new Count(1, 500, 0, false, 1));
    knownQueues.count();
    assertThat(queue.drained()).isEqualTo(100);

    clock.advance(Duration.ofSeconds(2));
    assertThat(depth()).isEqualTo(300);
    clock.advance(TEN_SECONDS);
    assertThat(depth()).isZero();
  }

  /** More wait than were accepted here: another replica accepted them. */
  @Test
  void knowsNoPace_whenTheQueueGrewByMoreThanWasAcceptedHere() {
    live.are(new Count(1, 10, 0, false, 1));
    knownQueues.count();
    clock.advance(TEN_SECONDS);
    live.are(new Count(1, 50, 0, false, 1));
    knownQueues.count();

    assertThat(queue.drained()).isZero();
    clock.advance(TEN_SECONDS);
    assertThat(depth()).isEqualTo(50);
  }

  @Test
  void letsTheOldestAgeUntilTheNextCount() {
    live.are(new Count(1, 5, 0, false, 3), new Count(2, 5, 0, false, 4.5));
    knownQueues.count();

    clock.advance(TEN_SECONDS);

    assertThat(queue.oldestSeconds(clock.instant())).isCloseTo(13, within(1e-9));
    assertThat(knownQueues.all().oldestSeconds(clock.instant())).isCloseTo(14.5, within(1e-9));
  }

  @Test
  void goesByTheLastCount_whileTheDatabaseIsAway() {
    live.are(new Count(1, 5, 2, false, 3));
    knownQueues.count();
    live.away(true);
    accept(1);

    knownQueues.count();

    assertThat(depth()).isEqualTo(6);
  }
}
