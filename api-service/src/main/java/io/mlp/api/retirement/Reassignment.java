package io.mlp.api.retirement;

import io.mlp.api.dispatch.Tickets;
import io.mlp.api.metrics.JobCounters;
import io.mlp.api.model.CataloguedVersion;
import io.mlp.api.model.ModelCatalogue;
import io.mlp.api.queue.KnownQueues;
import io.mlp.job.FailureKind;
import io.mlp.job.JobStatus;
import io.mlp.job.store.DatabaseOutage;
import io.mlp.job.store.OrphanedJob;
import io.mlp.job.store.OrphanedJobs;
import io.mlp.model.ModelSignature;
import io.mlp.model.RequestFit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Gives jobs that wait for a retired version another one: the model's default version, if their
 * client named none and it takes them as they are. The others end as {@code model_unavailable}, for
 * no worker will ever run them. Jobs that run are left to their worker.
 */
@Component
class Reassignment {
  private static final Logger LOG = LoggerFactory.getLogger(Reassignment.class);
  private static final DatabaseOutage OUTAGE = DatabaseOutage.ofThisProcess();

  private final ModelCatalogue catalogue;
  private final OrphanedJobs orphans;
  private final KnownQueues knownQueues;
  private final Tickets tickets;
  private final JobCounters counters;

  /** The count after which nothing was found of a version any more. */
  private final Map<Integer, Instant> cleared = new HashMap<>();

  Reassignment(
      ModelCatalogue catalogue,
      OrphanedJobs orphans,
      KnownQueues knownQueues,
      Tickets tickets,
      JobCounters counters) {
    this.catalogue = catalogue;
    this.orphans = orphans;
    this.knownQueues = knownQueues;
    this.tickets = tickets;
    this.counters = counters;
  }

  @Scheduled(fixedDelayString = "${api.models.refresh}")
  void run() {
    Instant counted = knownQueues.countedAt().orElse(Instant.EPOCH);
    for (int id : knownQueues.queued()) {
      CataloguedVersion version = catalogue.byId(id);
      if (version != null && version.retired() && !counted.equals(cleared.get(id))) {
        OUTAGE.unlessAway(() -> {
          if (clear(version) == 0) {
            cleared.put(id, counted);
          }
        });
      }
    }
  }

  /** Step by step until no job is left that can be given another version or ended. */
  private int clear(CataloguedVersion retired) {
    Optional<CataloguedVersion> target = catalogue.defaultVersion(retired.model());
    int all = orphans.decide(retired.id(), jobs -> step(retired, target, jobs));
    if (all > 0) {
      target.ifPresent(to -> tickets.backlogged(to.id()));
      LOG.info(
          "{} version {} is retired: {} jobs that waited for it moved or ended",
          retired.model(),
          retired.version(),
          all);
    }
    return all;
  }

  private int step(
      CataloguedVersion retired, Optional<CataloguedVersion> target, List<OrphanedJob> jobs) {
    List<OrphanedJob> moving = new ArrayList<>();
    Map<String, List<OrphanedJob>> ending = new HashMap<>();
    for (OrphanedJob job : jobs) {
      if (target.isPresent() && fits(job, target.get().signature(), target.get().batching().on())) {
        moving.add(job);
      } else {
        ending.computeIfAbsent(why(job, retired, target), _ -> new ArrayList<>()).add(job);
      }
    }
    int done = target.map(to -> orphans.reassign(moving, to.id())).orElse(0);
    for (Map.Entry<String, List<OrphanedJob>> alike : ending.entrySet()) {
      int abandoned = orphans.abandon(alike.getValue(), alike.getKey());
      for (int i = 0; i < abandoned; i++) {
        counters.ended(retired.id(), JobStatus.FAILED, FailureKind.MODEL_UNAVAILABLE);
      }
      done += abandoned;
    }
    return done;
  }

  private static String why(
      OrphanedJob job, CataloguedVersion retired, Optional<CataloguedVersion> target) {
    String why = "Version %d of %s was removed".formatted(retired.version(), retired.model());
    if (job.pinned()) {
      return why + ", and the job asked for that one";
    }
    return target
        .map(to -> why + ", and version %d does not take the job as it is".formatted(to.version()))
        .orElse(why + ", and there is no other");
  }

  /**
   * Whether another version takes the job just as it is.
   *
   * @param batched whether rows may share a run of it
   */
  static boolean fits(OrphanedJob job, ModelSignature signature, boolean batched) {
    return !job.pinned()
        && RequestFit.ofTensors(signature, batched, job.inputs(), job.options().outputs())
            .isEmpty();
  }
}
