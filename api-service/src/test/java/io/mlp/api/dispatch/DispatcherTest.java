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
import io.mlp.job.store.WaitingJobs;
import io.mlp.model.ModelSignature;
import io.mlp.job.WaitingJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
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
  private final FakeBacklog backlog = new FakeBacklog();
  private final FakeBroker broker = new FakeBroker();
  private final DispatchSettings settings =
      Settings.of(
          DispatchSettings.class, Map.of("window", 5, "publish-batch", 2, "jobs-per-ticket", 1));
  private final DispatchWindow window = new DispatchWindow(settings);
  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final Dispatcher dispatcher =
      new Dispatcher(catalogue, backlog, broker, window, settings, meters);

  /** Jobs that wait for digits, in their order. */
  private final class FakeBacklog extends WaitingJobs {
    final List<Dispatchable> waiting = new ArrayList<>();
    final Set<UUID> notDue = new HashSet<>();
    boolean away;

    FakeBacklog() {
      super(JdbcClient.create(new JdbcTemplate()));
    }

    /** That want tickets. */
    List<UUID> add(int count) {
      List<UUID> added = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        added.add(add(new Dispatchable(UUID.randomUUID(), i, false)));
      }
      return added;
    }

    UUID add(Dispatchable job) {
      waiting.add(job);
      return job.id();
    }

    private Stream<Dispatchable> due() {
      return waiting.stream().filter(job -> !notDue.contains(job.id()));
    }

    @Override
    public Set<Integer> dueVersions() {
      if (away) {
        throw new DataAccessResourceFailureException("away");
      }
      return due().findAny().isPresent() ? Set.of(digits) : Set.of();
    }

    @Override
    public List<Dispatchable> jobs(int versionId, boolean all, int most) {
      Stream<Dispatchable> jobs = all ? waiting.stream() : due();
      return versionId == digits ? jobs.limit(most).toList() : List.of();
    }

    @Override
    public void dispatched(List<Dispatchable> jobs, Duration least) {
      jobs.forEach(job -> notDue.add(job.id()));
    }
  }

  private void workersRun(int jobs) {
    broker.take(DIGITS, jobs);
    backlog.waiting.subList(0, jobs).clear();
  }

  @Test
  void sendsNothing_whereNoJobWantsATicket() {
    backlog.notDue.addAll(backlog.add(3));

    dispatcher.run();

    assertThat(broker.jobs()).isEmpty();
  }

  @Test
  void sendsTicketsOnce() {
    List<UUID> waiting = backlog.add(3);

    dispatcher.run();
    dispatcher.run();

    assertThat(broker.jobs()).isEqualTo(waiting);
    assertThat(broker.batches()).extracting(List::size).containsExactly(2, 1);
    assertThat(meters.counter("mlp.heals").count()).isEqualTo(3);
  }

  @Test
  void namesTheFenceOfEachJob() {
    backlog.add(2);

    dispatcher.run();

    assertThat(broker.tickets())
        .flatExtracting(Ticket::jobs)
        .extracting(WaitingJob::fence)
        .containsExactly(0, 1);
  }

  @Test
  void sendsAPoisonCandidateByItself() {
    UUID suspect = backlog.add(new WaitingJobs.Dispatchable(UUID.randomUUID(), 4, true));
    List<UUID> others = backlog.add(2);
    DispatchSettings several =
        Settings.of(DispatchSettings.class, Map.of("window", 5, "jobs-per-ticket", 8));

    new Dispatcher(catalogue, backlog, broker, new DispatchWindow(several), several, meters).run();

    assertThat(broker.tickets())
        .extracting(Ticket::isolated, ticket -> ticket.jobs().stream().map(WaitingJob::id).toList())
        .containsExactlyInAnyOrder(tuple(true, List.of(suspect)), tuple(false, others));
  }

  @Test
  void sendsNoMoreThanTheWindowHolds_andTheRestWhenThereIsRoom() {
    List<UUID> waiting = backlog.add(8);

    dispatcher.run();
    assertThat(broker.jobs()).isEqualTo(waiting.subList(0, 5));

    workersRun(5);
    dispatcher.run();
    assertThat(broker.jobs()).isEqualTo(waiting);
  }

  @Test
  void fillsTheWindowWithTicketsForSeveralJobs() {
    backlog.add(17);
    DispatchSettings three =
        Settings.of(DispatchSettings.class, Map.of("window", 5, "jobs-per-ticket", 3));

    new Dispatcher(catalogue, backlog, broker, new DispatchWindow(three), three, meters).run();

    assertThat(broker.tickets()).extracting(ticket -> ticket.jobs().size()).containsExactly(3, 3, 3, 3, 3);
  }

  /** A worker would claim them together, and run them one after another. */
  @Test
  void sendsNoTicketForMoreJobsThanFitARun() {
    CataloguedVersion oneRow =
        new FakeRegistry().version("digits", 1, NOTHING, 1).catalogue().all().getFirst();
    List<WaitingJob> two =
        backlog.add(2).stream().map(id -> new WaitingJob(id, 0, null)).toList();

    List<OutgoingTicket> tickets = OutgoingTicket.of(oneRow, TicketQueue.Type.CLASSIC, two, 8);

    assertThat(tickets).extracting(outgoing -> outgoing.ticket().jobs().size()).containsExactly(1, 1);
  }

  /** The tickets in the broker are lost with it, unless it kept them. */
  @Test
  void sendsAllTicketsAnew_whenTheConnectionIsNew() {
    List<UUID> waiting = backlog.add(2);
    backlog.notDue.addAll(waiting);
    broker.reconnect();

    dispatcher.run();

    assertThat(broker.jobs()).isEqualTo(waiting);
  }

  @Test
  void triesAgain_whenTheBrokerFails() {
    backlog.notDue.addAll(backlog.add(2));
    window.markDirty(digits);
    broker.away(true);
    dispatcher.run();
    broker.away(false);

    dispatcher.run();

    assertThat(broker.jobs()).hasSize(2);
  }

  @Test
  void doesNothing_whileTheBrokerIsBlocked() {
    backlog.add(2);
    window.markDirty(digits);
    broker.block(true);

    dispatcher.run();

    assertThat(broker.jobs()).isEmpty();
    assertThat(window.takeDirty(digits)).isTrue();
  }

  @Test
  void goesOn_whenTheDatabaseIsBack() {
    List<UUID> waiting = backlog.add(2);
    backlog.away = true;
    dispatcher.run();
    assertThat(broker.jobs()).isEmpty();

    backlog.away = false;
    dispatcher.run();
    assertThat(broker.jobs()).isEqualTo(waiting);
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
