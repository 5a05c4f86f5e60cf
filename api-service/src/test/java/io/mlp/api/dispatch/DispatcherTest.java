package io.mlp.api.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
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

  /** Jobs that wait for digits, in the order of claiming. */
  private final class FakeBacklog extends WaitingJobs {
    final List<UUID> waiting = new ArrayList<>();
    final Set<Integer> due = new HashSet<>();
    boolean away;
    Runnable whileCounting = () -> {};

    FakeBacklog() {
      super(JdbcClient.create(new JdbcTemplate()));
    }

    List<UUID> add(int count) {
      for (int i = 0; i < count; i++) {
        waiting.add(UUID.randomUUID());
      }
      return waiting;
    }

    @Override
    public Set<Integer> dueVersions(Set<Integer> except) {
      if (away) {
        throw new DataAccessResourceFailureException("away");
      }
      return due.stream().filter(id -> !except.contains(id)).collect(Collectors.toSet());
    }

    @Override
    public boolean any(int versionId) {
      return versionId == digits && !waiting.isEmpty();
    }

    @Override
    public List<UUID> jobs(int versionId, int skip, int limit) {
      whileCounting.run();
      List<UUID> jobs = versionId == digits ? waiting : List.of();
      return jobs.stream().skip(skip).limit(limit).toList();
    }
  }

  @Test
  void sendsNothing_whereNothingIsDueOrInDoubt() {
    backlog.add(3);

    dispatcher.run();

    assertThat(broker.jobs()).isEmpty();
  }

  @Test
  void sendsTicketsForJobsThatAreDue() {
    List<UUID> waiting = backlog.add(3);
    backlog.due.add(digits);

    dispatcher.run();

    assertThat(broker.jobs()).isEqualTo(waiting);
    assertThat(broker.batches()).extracting(List::size).containsExactly(2, 1);
    assertThat(meters.counter("mlp.heals").count()).isEqualTo(3);
  }

  /** What waits in the broker already stands for the first of the jobs. */
  @Test
  void sendsNoTicketsForWhatHasSome() {
    List<UUID> waiting = backlog.add(4);
    window.doubt(digits);
    dispatcher.run();
    backlog.add(1);
    window.doubt(digits);

    dispatcher.run();

    assertThat(broker.jobs()).isEqualTo(waiting);
  }

  @Test
  void sendsNoMoreThanTheWindowHolds_andTheRestWhenThereIsRoom() {
    List<UUID> waiting = backlog.add(8);
    backlog.due.add(digits);
    dispatcher.run();
    assertThat(broker.jobs()).isEqualTo(waiting.subList(0, 5));
    backlog.due.clear();

    workersRun(3);
    dispatcher.run();

    assertThat(broker.jobs()).hasSize(8);
  }

  /** A job beyond the window was claimed with another's ticket, so one is left with none. */
  @Test
  void looksAgainUntilNothingWaits_whereWorkersTakeJobsWhileItCounts() {
    backlog.add(5);
    window.doubt(digits);
    dispatcher.run();
    UUID withoutTicket = backlog.add(1).getLast();
    backlog.whileCounting = () -> workersRun(2);
    dispatcher.run();
    backlog.whileCounting = () -> {};
    assertThat(broker.jobs()).hasSize(5).doesNotContain(withoutTicket);

    dispatcher.run();

    assertThat(broker.jobs()).hasSize(6).endsWith(withoutTicket);
  }

  @Test
  void countsNoMore_onceNothingWaits() {
    backlog.add(2);
    window.doubt(digits);
    dispatcher.run();
    assertThat(window.inDoubt()).containsExactly(digits);

    workersRun(2);
    dispatcher.run();

    assertThat(window.inDoubt()).isEmpty();
  }

  @Test
  void fillsTheWindowWithTicketsForSeveralJobs() {
    List<UUID> waiting = backlog.add(17);
    backlog.due.add(digits);
    DispatchSettings three =
        Settings.of(DispatchSettings.class, Map.of("window", 5, "jobs-per-ticket", 3));

    new Dispatcher(catalogue, backlog, broker, new DispatchWindow(three), three, meters).run();

    assertThat(broker.tickets())
        .containsExactly(
            new Ticket(waiting.get(0), digits, 3),
            new Ticket(waiting.get(3), digits, 3),
            new Ticket(waiting.get(6), digits, 3),
            new Ticket(waiting.get(9), digits, 3),
            new Ticket(waiting.get(12), digits, 3));
  }

  /** A worker would claim them together, and run them one after another. */
  @Test
  void sendsNoTicketForMoreJobsThanFitARun() {
    CataloguedVersion oneRow =
        new FakeRegistry().version("digits", 1, NOTHING, 1).catalogue().all().getFirst();

    List<OutgoingTicket> tickets =
        OutgoingTicket.of(oneRow, TicketQueue.Type.CLASSIC, backlog.add(2), 8);

    assertThat(tickets).extracting(outgoing -> outgoing.ticket().jobs()).containsExactly(1, 1);
  }

  /** The tickets in the broker are lost with it, unless it kept them. */
  @Test
  void countsEverythingAnew_whenTheConnectionIsNew() {
    List<UUID> waiting = backlog.add(2);
    broker.reconnect();

    dispatcher.run();

    assertThat(broker.jobs()).isEqualTo(waiting);
  }

  @Test
  void keepsTheDoubt_whenTheBrokerFails() {
    backlog.add(2);
    window.doubt(digits);
    broker.away(true);
    dispatcher.run();

    broker.away(false);
    dispatcher.run();

    assertThat(broker.jobs()).hasSize(2);
  }

  @Test
  void doesNothing_whileTheBrokerIsBlocked() {
    backlog.add(2);
    window.doubt(digits);
    broker.block(true);

    dispatcher.run();

    assertThat(broker.jobs()).isEmpty();
    assertThat(window.takeDoubt(digits)).isTrue();
  }

  @Test
  void goesOn_whenTheDatabaseIsBack() {
    List<UUID> waiting = backlog.add(2);
    backlog.due.add(digits);
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
    window.takeDoubt(digits);

    dispatcher.run();

    assertThat(window.reserve(digits)).isTrue();
  }

  private void workersRun(int jobs) {
    broker.take(DIGITS, jobs);
    backlog.waiting.subList(0, jobs).clear();
  }
}
