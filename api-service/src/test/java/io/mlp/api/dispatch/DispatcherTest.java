package io.mlp.api.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mlp.api.Settings;
import io.mlp.api.model.CataloguedVersion;
import io.mlp.api.model.FakeRegistry;
import io.mlp.api.model.ModelCatalogue;
import io.mlp.dispatch.Ticket;
import io.mlp.dispatch.TicketQueue;
import io.mlp.job.WaitingJob;
import io.mlp.job.store.Dispatchable;
import io.mlp.job.store.WaitingJobs;
import io.mlp.model.ModelSignature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

class DispatcherTest {
  private static final ModelSignature NOTHING = new ModelSignature(List.of(), List.of());
  private static final TicketQueue DIGITS = new TicketQueue("digits", 1, TicketQueue.Type.CLASSIC);

  private final ModelCatalogue catalogue =
      new FakeRegistry().version("digits", 1, NOTHING).version("iris", 1, NOTHING).catalogue();
  private final int digits =
      catalogue.version("digits", 1).map(CataloguedVersion::id).orElseThrow();
  private final FakeWaiting waiting = new FakeWaiting();
  private final FakeBacklog backlog = new FakeBacklog();
  private final FakeBroker broker = new FakeBroker();
  private final DispatchSettings settings =
      settings(Map.of("window", 5, "publish-batch", 2, "jobs-per-ticket", 1));
  private final DispatchWindow window = new DispatchWindow(settings);
  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final Dispatcher dispatcher = dispatcher(window, settings);

  private static DispatchSettings settings(Map<String, ?> values) {
    return Settings.of(DispatchSettings.class, values);
  }

  private Dispatcher dispatcher(DispatchWindow itsWindow, DispatchSettings itsSettings) {
    BacklogDispatch backlogs = new BacklogDispatch(backlog, itsSettings);
    return new Dispatcher(catalogue, waiting, backlogs, broker, itsWindow, itsSettings, meters);
  }

  /** Jobs of digits that are due, or have a ticket that may be lost. */
  private final class FakeWaiting extends WaitingJobs {
    final List<Dispatchable> due = new ArrayList<>();
    final List<Dispatchable> ticketed = new ArrayList<>();
    boolean away;
    Due before = Due.NOTHING;

    FakeWaiting() {
      super(JdbcClient.create(new JdbcTemplate()));
    }

    List<UUID> add(int count) {
      List<Dispatchable> added =
          Stream.generate(() ->
                  new Dispatchable(new WaitingJob(UUID.randomUUID(), due.size(), 0, null), false))
              .limit(count)
              .toList();
      due.addAll(added);
      return added.stream().map(Dispatchable::id).toList();
    }

    @Override
    public Due due(Due known) {
      before = known;
      if (away) {
        throw new DataAccessResourceFailureException("away");
      }
      return new Due(due.isEmpty() ? Map.of() : Map.of(digits, Instant.EPOCH), Instant.EPOCH);
    }

    @Override
    public List<Dispatchable> dispatch(int versionId, Due since, int most) {
      List<Dispatchable> some = List.copyOf(due.subList(0, Math.min(most, due.size())));
      due.removeAll(some);
      ticketed.addAll(some);
      return some;
    }

    @Override
    public void redispatch(Set<Integer> versions) {
      if (versions.contains(digits)) {
        due.addAll(ticketed);
        ticketed.clear();
      }
    }
  }

  private List<UUID> store(int jobs) {
    List<UUID> stored = backlog.add(4, jobs);
    window.backlogged(digits);
    return stored;
  }

  @Test
  void sendsNothing_whereNoJobWantsATicket() {
    dispatcher.run();

    assertThat(broker.jobs()).isEmpty();
  }

  @Test
  void sendsTicketsOnce() {
    List<UUID> due = waiting.add(3);

    dispatcher.look();
    dispatcher.look();

    assertThat(broker.jobs()).isEqualTo(due);
    assertThat(broker.batches()).extracting(List::size).containsExactly(2, 1);
    assertThat(meters.counter("mlp.dispatcher.tickets").count()).isEqualTo(3);
  }

  @Test
  void namesTheFenceOfEachJob() {
    waiting.due.add(new Dispatchable(new WaitingJob(UUID.randomUUID(), 7, 0, null), false));
    waiting.due.add(new Dispatchable(new WaitingJob(UUID.randomUUID(), 8, 0, null), false));

    dispatcher.look();

    assertThat(broker.tickets())
        .flatExtracting(Ticket::jobs)
        .extracting(WaitingJob::fence)
        .containsExactly(7, 8);
  }

  @Test
  void sendsAPoisonCandidateByItself() {
    Dispatchable candidate = new Dispatchable(new WaitingJob(UUID.randomUUID(), 4, 0, null), true);
    waiting.due.add(candidate);
    List<UUID> others = waiting.add(2);
    DispatchSettings several = settings(Map.of("window", 5, "jobs-per-ticket", 8));

    dispatcher(quick(several), several).look();

    assertThat(broker.tickets())
        .extracting(Ticket::isolated, ticket -> ticket.jobs().stream().map(WaitingJob::id).toList())
        .containsExactlyInAnyOrder(tuple(true, List.of(candidate.id())), tuple(false, others));
  }

  @Test
  void sendsNoMoreThanTheWindowHolds_andTheRestWhenThereIsRoom() {
    List<UUID> due = waiting.add(8);

    dispatcher.look();
    assertThat(broker.jobs()).isEqualTo(due.subList(0, 5));

    broker.take(DIGITS, 5);
    dispatcher.look();
    assertThat(broker.jobs()).isEqualTo(due);
  }

  @Test
  void remembersThatJobsAreDue_untilNoneIsLeft() {
    waiting.add(8);

    dispatcher.look();
    dispatcher.look();
    assertThat(waiting.before.versions()).containsExactly(digits);

    broker.take(DIGITS, 5);
    dispatcher.look();
    dispatcher.look();
    assertThat(waiting.before.versions()).isEmpty();
  }

  @Test
  void worksOffABacklog_andThenLetsNewJobsHaveTheirTicketsAtOnce() {
    List<UUID> stored = store(8);

    dispatcher.topUp();
    assertThat(broker.jobs()).isEqualTo(stored.subList(0, 5));
    assertThat(window.reserve(digits)).as("three stand in line").isFalse();

    broker.take(DIGITS, 5);
    dispatcher.topUp();
    assertThat(broker.jobs()).isEqualTo(stored);
    assertThat(window.reserve(digits)).isTrue();
  }

  @Test
  void fillsTheWindowWithTicketsForSeveralJobs() {
    store(17);
    DispatchSettings three = settings(Map.of("window", 15, "jobs-per-ticket", 3));
    DispatchWindow wide = quick(three);
    wide.backlogged(digits);

    dispatcher(wide, three).topUp();

    assertThat(broker.tickets())
        .extracting(ticket -> ticket.jobs().size())
        .containsExactly(3, 3, 3, 3, 3);
  }

  /** As after many jobs that took no time. */
  private DispatchWindow quick(DispatchSettings its) {
    DispatchWindow quick = new DispatchWindow(its);
    quick.sent(digits, 10_000);
    quick.counted(digits, 0);
    return quick;
  }

  /** A worker would claim them together, and run them one after another. */
  @Test
  void sendsNoTicketForMoreJobsThanFitARun() {
    CataloguedVersion oneRow =
        new FakeRegistry().version("digits", 1, NOTHING, 1).catalogue().all().getFirst();
    List<WaitingJob> two =
        Stream.generate(() -> new WaitingJob(UUID.randomUUID(), 0, 0, null)).limit(2).toList();

    List<OutgoingTicket> tickets = OutgoingTicket.of(oneRow, TicketQueue.Type.CLASSIC, two, 8);

    assertThat(tickets)
        .extracting(outgoing -> outgoing.ticket().jobs().size())
        .containsExactly(1, 1);
  }

  /** The tickets in the broker are lost with it, unless it kept them. */
  @Test
  void sendsAllTicketsAnew_whenTheConnectionIsNew() {
    List<UUID> due = waiting.add(2);
    List<UUID> stored = store(2);
    dispatcher.run();
    broker.take(DIGITS, 4);
    broker.reconnect();

    dispatcher.look();
    dispatcher.topUp();

    assertThat(broker.jobs().subList(4, 8)).containsAll(due).containsAll(stored);
  }

  @Test
  void triesAgain_whenTheBrokerFails() {
    waiting.ticketed.add(new Dispatchable(new WaitingJob(UUID.randomUUID(), 0, 0, null), false));
    window.markDirty(digits);
    broker.away(true);
    dispatcher.look();
    broker.away(false);

    dispatcher.look();

    assertThat(broker.jobs()).hasSize(1);
  }

  /** What was taken for tickets that then were not sent has lost them. */
  @Test
  void sendsOthers_whenTheBrokerFailsAfterItWasAsked() {
    List<UUID> due = waiting.add(1);
    List<UUID> stored = store(1);
    broker.failNext(2);
    dispatcher.run();
    assertThat(broker.jobs()).isEmpty();

    dispatcher.look();
    dispatcher.topUp();

    assertThat(broker.jobs()).containsAll(due).containsAll(stored);
  }

  @Test
  void doesNothing_whileTheBrokerIsBlocked() {
    waiting.add(2);
    store(2);
    window.markDirty(digits);
    broker.block(true);

    dispatcher.run();

    assertThat(broker.jobs()).isEmpty();
    assertThat(window.dirty()).containsExactly(digits);
  }

  @Test
  void goesOn_whenTheDatabaseIsBack() {
    List<UUID> due = waiting.add(2);
    waiting.away = true;
    dispatcher.look();
    assertThat(broker.jobs()).isEmpty();

    waiting.away = false;
    dispatcher.look();
    assertThat(broker.jobs()).isEqualTo(due);
  }

  /** So that new jobs get their tickets at once again. */
  @Test
  void findsOutThatWorkersTookTickets() {
    for (int i = 0; i < 5; i++) {
      assertThat(window.reserve(digits)).isTrue();
    }
    assertThat(window.reserve(digits)).isFalse();

    dispatcher.run();

    assertThat(window.reserve(digits)).isTrue();
  }
}
