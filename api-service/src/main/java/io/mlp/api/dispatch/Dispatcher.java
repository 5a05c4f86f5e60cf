package io.mlp.api.dispatch;

import com.rabbitmq.client.ShutdownSignalException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.mlp.api.model.CataloguedVersion;
import io.mlp.api.model.ModelCatalogue;
import io.mlp.dispatch.TicketQueue;
import io.mlp.job.WaitingJob;
import io.mlp.job.store.DatabaseOutage;
import io.mlp.job.store.Dispatchable;
import io.mlp.job.store.WaitingJobs;
import io.mlp.outage.Outage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Sends the tickets that submissions did not: to jobs that are due, which are retries after their
 * backoff and jobs whose ticket is lost, and to those of backlogs, as far as the window has room.
 * Where a broker did not confirm tickets, or the connection is new, all that were sent there are
 * taken to be lost. A ticket too many claims nothing.
 */
@Component
class Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
  private static final DatabaseOutage OUTAGE = DatabaseOutage.ofThisProcess();

  /**
   * Backlogs are looked at so much more often than the rest: their jobs may have clients waiting.
   */
  private static final int RARER = 5;

  private final ModelCatalogue catalogue;
  private final WaitingJobs waiting;
  private final BacklogDispatch backlogs;
  private final TicketBroker broker;
  private final DispatchWindow window;
  private final DispatchSettings settings;
  private final Counter sent;

  /** Versions whose queue was refused the last time, so that it is logged once. */
  private final Set<Integer> refused = new HashSet<>();

  private WaitingJobs.Due due = WaitingJobs.Due.NOTHING;
  private int looks;

  Dispatcher(
      ModelCatalogue catalogue,
      WaitingJobs waiting,
      BacklogDispatch backlogs,
      TicketBroker broker,
      DispatchWindow window,
      DispatchSettings settings,
      MeterRegistry meters) {
    this.catalogue = catalogue;
    this.waiting = waiting;
    this.backlogs = backlogs;
    this.broker = broker;
    this.window = window;
    this.settings = settings;
    this.sent =
        Counter.builder("mlp.dispatcher.tickets")
            .description("Tickets sent by the dispatcher: of backlogs, retried or redispatched")
            .register(meters);
  }

  @Scheduled(fixedDelayString = "${api.dispatch.interval}")
  void run() {
    if (looks++ % RARER == 0) {
      look();
    }
    topUp();
  }

  /** At queues that were refilled, lost or taken from. */
  void look() {
    if (broker.blocked()) {
      return;
    }
    OUTAGE.unlessAway(() -> {
      List<CataloguedVersion> versions = catalogue.all();
      if (!versions.isEmpty() && broker.takeReconnected()) {
        versions.forEach(version -> window.markDirty(version.id()));
      }
      redispatch(versions);
      due = waiting.due(due);
      for (CataloguedVersion version : versions) {
        if (due.versions().contains(version.id())) {
          reach(version, this::sendDue);
        } else if (window.inUse(version.id())) {
          reach(version, this::room);
        }
      }
    });
  }

  /** It may ask the database nothing, so its end does not tell that this answers. */
  void topUp() {
    if (broker.blocked()) {
      return;
    }
    try {
      topUpAll();
    } catch (DataAccessException | TransactionException e) {
      OUTAGE.failed(e);
    }
  }

  private void topUpAll() {
    Set<Integer> looked = new HashSet<>(window.backlogged());
    looked.addAll(backlogs.held());
    for (int id : looked) {
      CataloguedVersion version = catalogue.byId(id);
      if (version != null && !version.retired()) {
        reach(version, this::topUp);
      } else {
        window.lookAtBacklog(id);
        backlogs.letGo(Set.of(id));
      }
    }
  }

  /** One queue that the broker refuses does not keep the others from their tickets. */
  private boolean reach(CataloguedVersion version, Consumer<CataloguedVersion> what) {
    try {
      what.accept(version);
      if (refused.remove(version.id())) {
        LOG.info("The queue {} is topped up again", queue(version).name());
      }
      return true;
    } catch (AmqpException e) {
      if (!isRefusal(e)) {
        Outage.OF_BROKER.failed(e);
      } else if (refused.add(version.id())) {
        LOG.warn("The queue {} is not topped up for now: {}", queue(version).name(), e.toString());
      }
      return false;
    }
  }

  /** Whether the broker answers, but not as it should: that closes the channel alone. */
  private static boolean isRefusal(AmqpException failure) {
    return Stream.<Throwable>iterate(failure, cause -> cause != null, Throwable::getCause)
        .anyMatch(cause -> cause instanceof ShutdownSignalException e && !e.isHardError());
  }

  /** Only where the broker can be reached; the others stay dirty. */
  private void redispatch(List<CataloguedVersion> versions) {
    Set<Integer> dirty = window.dirty();
    Set<Integer> reached =
        versions.stream()
            .filter(version -> dirty.contains(version.id()) && reach(version, this::room))
            .map(CataloguedVersion::id)
            .collect(Collectors.toSet());
    if (reached.isEmpty()) {
      return;
    }
    window.clean(reached);
    boolean done = false;
    try {
      waiting.redispatch(reached);
      backlogs.letGo(reached).forEach(window::backlogged);
      done = true;
    } finally {
      if (!done) {
        reached.forEach(window::markDirty);
      }
    }
  }

  /** For how many jobs the queue's window has room. */
  private int room(CataloguedVersion version) {
    return window.counted(version.id(), broker.ready(queue(version)));
  }

  private void sendDue(CataloguedVersion version) {
    int room = room(version);
    if (room > 0) {
      List<Dispatchable> jobs = waiting.dispatch(version.id(), due, room);
      if (jobs.size() < room) {
        due = due.without(version.id());
      }
      send(version, jobs);
    }
  }

  private void topUp(CataloguedVersion version) {
    int room = room(version);
    window.lookAtBacklog(version.id());
    boolean done = false;
    try {
      BacklogDispatch.Taken next = backlogs.next(version.id(), room);
      send(version, next.jobs());
      done = next.done();
    } finally {
      if (!done) {
        window.backlogged(version.id());
      }
    }
  }

  private TicketQueue queue(CataloguedVersion version) {
    return OutgoingTicket.queue(version, settings.queueType());
  }

  /** Tickets that cannot be sent are lost. */
  private void send(CataloguedVersion version, List<Dispatchable> jobs) {
    List<OutgoingTicket> tickets = tickets(version, jobs);
    for (int from = 0; from < tickets.size(); from += settings.publishBatch()) {
      int to = Math.min(tickets.size(), from + settings.publishBatch());
      List<OutgoingTicket> batch = tickets.subList(from, to);
      try {
        broker.publish(batch);
      } catch (AmqpException e) {
        window.markDirty(version.id());
        throw e;
      }
      window.sent(
          version.id(), batch.stream().mapToInt(ticket -> ticket.ticket().jobs().size()).sum());
      sent.increment(batch.size());
    }
  }

  private List<OutgoingTicket> tickets(CataloguedVersion version, List<Dispatchable> jobs) {
    List<OutgoingTicket> tickets = new ArrayList<>();
    List<WaitingJob> together = new ArrayList<>(jobs.size());
    for (Dispatchable job : jobs) {
      if (job.poisonCandidate()) {
        tickets.add(OutgoingTicket.isolated(version, settings.queueType(), job.job()));
      } else {
        together.add(job.job());
      }
    }
    tickets.addAll(window.tickets(version, together));
    return tickets;
  }
}
