package io.mlp.api.dispatch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.mlp.api.model.CataloguedVersion;
import io.mlp.api.model.ModelCatalogue;
import io.mlp.dispatch.TicketQueue;
import io.mlp.job.WaitingJob;
import io.mlp.job.store.WaitingJobs;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Sends tickets of jobs that wait and want one, a few times a second, in their order and up to the
 * window: jobs that were stored beyond it, retries after their backoff, and jobs whose ticket was
 * lost, which is taken to be so when one waits for long. Where a broker did not confirm tickets, or
 * the connection is new, all that wait get another one, as far as there is room. A ticket too many
 * claims nothing.
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
      versions.forEach(version -> window.markDirty(version.id()));
    }
    try {
      Set<Integer> due = waiting.dueVersions();
      versions.forEach(version -> lookAt(version, due.contains(version.id())));
    } catch (DataAccessException e) {
      LOG.warn("Queues are not topped up while the database is away: {}", e.toString());
    }
  }

  /** One queue that the broker refuses does not keep the others from their tickets. */
  private void lookAt(CataloguedVersion version, boolean due) {
    try {
      if (window.takeDirty(version.id())) {
        redispatch(version);
      } else if (due) {
        topUp(version, false);
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

  /** Sends new tickets of all that wait, as far as there is room; fails with the doubt as it was. */
  private void redispatch(CataloguedVersion version) {
    boolean sent = false;
    try {
      topUp(version, true);
      sent = true;
    } finally {
      if (!sent) {
        window.markDirty(version.id());
      }
    }
  }

  private void topUp(CataloguedVersion version, boolean all) {
    int tickets = window.counted(version.id(), broker.ready(queue(version)));
    int room = tickets * Math.min(settings.jobsPerTicket(), version.batching().maxRows());
    List<WaitingJobs.Dispatchable> jobs = waiting.jobs(version.id(), all, room);
    if (!jobs.isEmpty()) {
      send(version, jobs);
      waiting.dispatched(jobs, settings.healAfter());
    }
  }

  private TicketQueue queue(CataloguedVersion version) {
    return OutgoingTicket.queue(version, settings.queueType());
  }

  private void send(CataloguedVersion version, List<WaitingJobs.Dispatchable> jobs) {
    List<OutgoingTicket> tickets = tickets(version, jobs);
    for (int from = 0; from < tickets.size(); from += settings.publishBatch()) {
      int to = Math.min(tickets.size(), from + settings.publishBatch());
      List<OutgoingTicket> batch = tickets.subList(from, to);
      broker.publish(batch);
      window.sent(version.id(), batch.size());
      heals.increment(batch.size());
    }
  }

  private List<OutgoingTicket> tickets(
      CataloguedVersion version, List<WaitingJobs.Dispatchable> jobs) {
    List<OutgoingTicket> tickets = new ArrayList<>();
    List<WaitingJob> together = new ArrayList<>(jobs.size());
    for (WaitingJobs.Dispatchable job : jobs) {
      WaitingJob waitingJob = new WaitingJob(job.id(), job.fence(), null);
      if (job.suspect()) {
        tickets.add(OutgoingTicket.isolated(version, settings.queueType(), waitingJob));
      } else {
        together.add(waitingJob);
      }
    }
    tickets.addAll(
        OutgoingTicket.of(version, settings.queueType(), together, settings.jobsPerTicket()));
    return tickets;
  }
}
