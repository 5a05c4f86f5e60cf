package io.mlp.api.dispatch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.mlp.api.model.CataloguedVersion;
import io.mlp.api.model.ModelCatalogue;
import io.mlp.dispatch.TicketQueue;
import io.mlp.job.store.WaitingJobs;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Tops queues up, a few times a second: where more jobs may wait than there are tickets, it counts
 * both and sends the difference. That one rule serves backlogs longer than the window, retries
 * after their backoff, tickets a broker lost, and jobs whose api died before it sent their ticket.
 *
 * <p>Nothing is written for it. Tickets in workers' hands are not counted, and those that wait
 * count for one job each, so it may send some too many, which claim nothing. It begins to count
 * where a job is due, a ticket was not confirmed, a job was stored without one or the connection is
 * new, and ends when nothing waits there.
 */
@Component
class Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

  private final ModelCatalogue catalogue;
  private final WaitingJobs waiting;
  private final TicketBroker broker;
  private final DispatchWindow window;
  private final DispatchSettings settings;
  private final Counter heals;

  /** Versions whose queue could not be reached the last time, so that an outage is logged once. */
  private final Set<Integer> refused = new HashSet<>();

  Dispatcher(
      ModelCatalogue catalogue,
      WaitingJobs waiting,
      TicketBroker broker,
      DispatchWindow window,
      DispatchSettings settings,
      MeterRegistry meters) {
    this.catalogue = catalogue;
    this.waiting = waiting;
    this.broker = broker;
    this.window = window;
    this.settings = settings;
    this.heals =
        Counter.builder("mlp.heals")
            .description("Tickets sent by the dispatcher: topped up, retried or healed")
            .register(meters);
  }

  @Scheduled(fixedDelayString = "${api.dispatch.interval}")
  void run() {
    if (broker.blocked()) {
      return;
    }
    List<CataloguedVersion> versions = catalogue.all();
    if (!versions.isEmpty() && broker.takeReconnected()) {
      versions.forEach(version -> window.doubt(version.id()));
    }
    try {
      waiting.dueVersions(window.inDoubt()).forEach(window::doubt);
      versions.forEach(this::lookAt);
    } catch (DataAccessException e) {
      LOG.warn("Queues are not topped up while the database is away: {}", e.toString());
    }
  }

  /** One queue that the broker refuses does not keep the others from their tickets. */
  private void lookAt(CataloguedVersion version) {
    try {
      if (window.takeDoubt(version.id())) {
        topUp(version);
      } else if (window.inUse(version.id())) {
        window.counted(version.id(), broker.ready(queue(version)));
      }
      if (refused.remove(version.id())) {
        LOG.info("The queue {} is topped up again", queue(version).name());
      }
    } catch (AmqpException e) {
      if (refused.add(version.id())) {
        LOG.warn("The queue {} is not topped up for now: {}", queue(version).name(), e.toString());
      }
    }
  }

  /**
   * Leaves the queue in doubt for as long as a job waits. That no more jobs wait than there are
   * tickets would not do: the two are counted one after the other while workers take them, and
   * which job lacks a ticket cannot be told, for any ticket claims the best.
   */
  private void topUp(CataloguedVersion version) {
    boolean empty = false;
    try {
      int ready = broker.ready(queue(version));
      int tickets = window.counted(version.id(), ready);
      int room = tickets * OutgoingTicket.jobsATicket(version, settings.jobsPerTicket());
      List<UUID> jobs = waiting.jobs(version.id(), ready, room);
      send(version, jobs);
      empty = jobs.isEmpty() && !waiting.any(version.id());
    } finally {
      if (!empty) {
        window.doubt(version.id());
      }
    }
  }

  private TicketQueue queue(CataloguedVersion version) {
    return OutgoingTicket.queue(version, settings.queueType());
  }

  private void send(CataloguedVersion version, List<UUID> jobs) {
    List<OutgoingTicket> tickets =
        OutgoingTicket.of(version, settings.queueType(), jobs, settings.jobsPerTicket());
    for (int from = 0; from < tickets.size(); from += settings.publishBatch()) {
      int to = Math.min(tickets.size(), from + settings.publishBatch());
      List<OutgoingTicket> batch = tickets.subList(from, to);
      broker.publish(batch);
      window.sent(version.id(), batch.size());
      heals.increment(batch.size());
    }
  }
}
