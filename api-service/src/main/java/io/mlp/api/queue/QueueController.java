package io.mlp.api.queue;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mlp.api.model.CataloguedVersion;
import io.mlp.api.model.ModelCatalogue;
import io.mlp.api.owner.Caller;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** How many jobs wait and run, from memory: asking often costs the database nothing. */
@RestController
class QueueController {
  private static final Comparator<CataloguedVersion> BY_NAME =
      Comparator.comparing(CataloguedVersion::model)
          .thenComparing(CataloguedVersion::version, Comparator.reverseOrder());

  private final KnownQueues knownQueues;
  private final ModelCatalogue catalogue;
  private final QueueSettings settings;
  private final Clock clock;

  QueueController(
      KnownQueues knownQueues, ModelCatalogue catalogue, QueueSettings settings, Clock clock) {
    this.knownQueues = knownQueues;
    this.catalogue = catalogue;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * All queues.
   *
   * @param countedAt when; null before the first count
   * @param maxQueued the most jobs that may wait in all of them
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record QueuesView(
      @Nullable Instant countedAt,
      long queued,
      long running,
      long maxQueued,
      List<QueueView> queues) {}

  /**
   * The queue of a model version.
   *
   * @param oldestQueuedSeconds how long the job that waits longest could have been claimed; null if
   *     none waits
   * @param maxQueued the most jobs that may wait in it
   * @param workers live workers that take jobs from it
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record QueueView(
      String model,
      String version,
      long queued,
      long running,
      @Nullable Double oldestQueuedSeconds,
      long maxQueued,
      int workers) {}

  @GetMapping("/v1/queues")
  QueuesView queues(@AuthenticationPrincipal Caller caller) {
    KnownQueue all = knownQueues.all();
    return new QueuesView(
        knownQueues.countedAt().orElse(null),
        all.queued(),
        all.running(),
        settings.maxQueuedInAll(),
        catalogue.all().stream()
            .filter(version -> caller.mayUse(version.model()))
            .sorted(BY_NAME)
            .map(this::view)
            .toList());
  }

  private QueueView view(CataloguedVersion version) {
    KnownQueue queue = knownQueues.queue(version.id());
    return new QueueView(
        version.model(),
        Integer.toString(version.version()),
        queue.queued(),
        queue.running(),
        queue.queued() == 0 ? null : millis(queue.oldestSeconds(clock.instant())),
        settings.maxQueued(),
        version.workers().size());
  }

  private static double millis(double seconds) {
    return Math.round(seconds * 1000) / 1000.0;
  }
}
