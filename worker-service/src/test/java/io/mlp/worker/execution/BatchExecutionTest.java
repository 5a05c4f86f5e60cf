package io.mlp.worker.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mlp.cache.CachedAnswer;
import io.mlp.cache.ContentKey;
import io.mlp.cache.FakeContentCache;
import io.mlp.job.CachePolicy;
import io.mlp.job.CacheResult;
import io.mlp.job.FailureKind;
import io.mlp.job.Job;
import io.mlp.job.JobStatus;
import io.mlp.job.Prediction;
import io.mlp.job.store.ClaimedJob;
import io.mlp.tensor.Tensor;
import io.mlp.worker.Settings;
import io.mlp.worker.ShippedModels;
import io.mlp.worker.job.FakeJobs;
import io.mlp.worker.job.JobOutcome;
import io.mlp.worker.job.TestJobs;
import io.mlp.worker.result.FakeAnnouncer;
import io.mlp.worker.result.NewAnswer;
import io.mlp.worker.schedule.ExecutionSettings;
import io.mlp.worker.schedule.FakeTicket;
import io.mlp.worker.schedule.HeldTicket;
import io.mlp.worker.schedule.InputBudget;
import io.mlp.worker.schedule.ModelQueue;
import io.mlp.worker.schedule.RunPermits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;

/** The hot path on a real model, with the stores in memory. */
class BatchExecutionTest {
  private final ModelQueue queue = new ModelQueue(ShippedModels.iris());
  private final FakeJobs jobs = new FakeJobs();
  private final FakeAnnouncer announcer = new FakeAnnouncer();
  private final FakeContentCache cache = new FakeContentCache();
  private final AtomicBoolean working = new AtomicBoolean(true);
  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final BatchExecution batches = batches(Map.of());

  private BatchExecution batches(Map<String, ?> values) {
    ExecutionSettings settings = Settings.of(ExecutionSettings.class, values);
    ExecutionMetrics metrics = new ExecutionMetrics(meters);
    return new BatchExecution(
        jobs.jobs(),
        jobs.leases(),
        cache,
        new OutcomeWriter(jobs.jobs(), announcer, metrics, Unheard.log()),
        metrics,
        new RunWatch(jobs.leases(), _ -> {}, settings),
        new InputBudget(1 << 30),
        new OutputBudget(settings),
        new RunPermits(1),
        Unheard.spans(),
        Unheard.log());
  }

  @Test
  void recordsAnnouncesAndHandsIn() {
    ClaimedJob one = TestJobs.versicolor();
    ClaimedJob two = TestJobs.versicolor("label");
    jobs.waiting(one, two);
    List<HeldTicket> tickets = FakeTicket.some(2);

    batches.run(queue, tickets, working::get);

    assertThat(jobs.recorded()).extracting(JobOutcome::job).containsExactly(one, two);
    assertThat(announcer.announced()).extracting(Job::id).containsExactly(one.id(), two.id());
    assertThat(announcer.announced()).extracting(Job::status).containsOnly(JobStatus.SUCCEEDED);
    assertThat(tickets).allMatch(FakeTicket::isDone);
    assertThat(finished("succeeded", "none")).isEqualTo(2);
  }

  @Test
  void forgetsWhatItMeasuredOfAVersionThatIsGone() {
    jobs.waiting(TestJobs.versicolor());
    batches.run(queue, FakeTicket.some(1), working::get);
    assertThat(meters.find("mlp.job.total").tags("model", "iris").meters()).isNotEmpty();
    meters.counter("mlp.jobs.finished", "model", "other", "version", "1").increment();

    batches.forget(queue.model().modelVersion());

    assertThat(meters.find("mlp.job.total").meters()).isEmpty();
    assertThat(meters.find("mlp.jobs.finished").meters())
        .singleElement()
        .matches(meter -> "other".equals(meter.getId().getTag("model")));
  }

  /** A run of iris takes a thousandth of that. */
  @Test
  void tellsItsQueueWhenComputingIsNextToNothing() {
    assertThat(queue.mostlyComputes()).isTrue();
    jobs.waiting(TestJobs.versicolor());
    jobs.recordIn(Duration.ofMillis(300));

    batches.run(queue, FakeTicket.some(1), working::get);

    assertThat(queue.mostlyComputes()).isFalse();
  }

  @Test
  void keepsTheLeases_untilTheOutcomesAreRecorded() {
    ClaimedJob job = TestJobs.versicolor();
    jobs.waiting(job);

    batches.run(queue, FakeTicket.some(1), working::get);

    assertThat(jobs.heldAtRecord()).containsExactly(job);
    assertThat(jobs.held()).isEmpty();
  }

  @Test
  void harmsNoNeighbourOfABadJob() {
    ClaimedJob good = TestJobs.versicolor();
    ClaimedJob bad = TestJobs.unreadable();
    jobs.waiting(bad, good);
    List<HeldTicket> tickets = FakeTicket.some(2);

    batches.run(queue, tickets, working::get);

    assertThat(announcer.announced())
        .extracting(Job::id, Job::status)
        .containsExactly(tuple(bad.id(), JobStatus.FAILED), tuple(good.id(), JobStatus.SUCCEEDED));
    assertThat(tickets).allMatch(FakeTicket::isDone);
    assertThat(finished("failed", FailureKind.INVALID_INPUT.text())).isEqualTo(1);
    assertThat(finished("succeeded", "none")).isEqualTo(1);
  }

  @Test
  void harmsNoNeighbourOfAnOutcomeThatTheDatabaseRefuses() {
    ClaimedJob good = TestJobs.versicolor();
    ClaimedJob bad = TestJobs.versicolor();
    jobs.waiting(bad, good);
    jobs.refuse(bad);

    batches.run(queue, FakeTicket.some(2), working::get);

    assertThat(announcer.announced())
        .extracting(Job::id, Job::status)
        .containsExactly(tuple(bad.id(), JobStatus.FAILED), tuple(good.id(), JobStatus.SUCCEEDED));
    assertThat(finished("failed", FailureKind.MODEL_ERROR.text())).isEqualTo(1);
  }

  /** They have moved on: canceled, expired, or claimed by another ticket. */
  @Test
  void handsTicketsInWhoseJobsWaitNoMore() {
    jobs.waiting(TestJobs.versicolor());
    List<HeldTicket> tickets = FakeTicket.some(3);

    batches.run(queue, tickets, working::get);

    assertThat(tickets).allMatch(FakeTicket::isDone);
    assertThat(jobs.recorded()).hasSize(1);
    assertThat(meters.counter("mlp.tickets.without.job").count()).isEqualTo(2);
  }

  @Test
  void claimsTheJobsOfAllTicketsTogether() {
    jobs.waiting(TestJobs.versicolor(), TestJobs.versicolor(), TestJobs.versicolor());

    batches.run(queue, List.of(new FakeTicket(2), new FakeTicket(1)), working::get);

    assertThat(jobs.asked()).containsExactly(3);
    assertThat(jobs.recorded()).hasSize(3);
  }

  /** Were it to take the worker along, none but it would be lost. */
  @Test
  void claimsAPoisonCandidateIsolated() {
    ClaimedJob candidate = TestJobs.poisonCandidate();
    jobs.waiting(TestJobs.versicolor(), candidate);
    List<HeldTicket> tickets = List.of(FakeTicket.isolated());

    batches.run(queue, tickets, working::get);

    assertThat(jobs.recorded()).extracting(JobOutcome::job).containsExactly(candidate);
    assertThat(jobs.isIsolated(candidate)).isTrue();
    assertThat(tickets).allMatch(FakeTicket::isDone);
  }

  @Test
  void doesNotRunASuspectThatWasTakenAwayWhileItWaited() {
    ClaimedJob candidate = TestJobs.poisonCandidate();
    jobs.waiting(candidate);
    jobs.takeAway(candidate);
    List<HeldTicket> tickets = List.of(FakeTicket.isolated());

    batches.run(queue, tickets, working::get);

    assertThat(jobs.recorded()).isEmpty();
    assertThat(tickets).allMatch(FakeTicket::isDone);
  }

  /** Its lease ran out and another worker has it: only that one's outcome counts. */
  @Test
  void announcesNothingOfAJobThatWasTakenAway() {
    ClaimedJob lost = TestJobs.versicolor();
    ClaimedJob kept = TestJobs.versicolor();
    jobs.waiting(lost, kept);
    jobs.takeAway(lost);

    batches.run(queue, FakeTicket.some(2), working::get);

    assertThat(announcer.announced()).extracting(Job::id).containsExactly(kept.id());
    assertThat(meters.counter("mlp.late.records.refused").count()).isEqualTo(1);
  }

  @Test
  void givesTicketsBack_whenItStopsWhileTheDatabaseIsAway() {
    jobs.claimFails(new DataAccessResourceFailureException("away"));
    List<HeldTicket> tickets = FakeTicket.some(2);
    working.set(false);

    batches.run(queue, tickets, working::get);

    assertThat(tickets).allMatch(FakeTicket::isGivenBack);
  }

  /** A ticket that stayed in hand would take a place of the prefetch for ever. */
  @Test
  void keepsNoTicketInHand_whenTheDatabaseRefusesTheClaim() {
    jobs.claimFails(new DataIntegrityViolationException("refused"));
    List<HeldTicket> tickets = FakeTicket.some(2);

    assertThatThrownBy(() -> batches.run(queue, tickets, working::get)).hasMessage("refused");

    assertThat(tickets).allMatch(FakeTicket::isDone);
  }

  /** The sweep ends it; computing would only keep others waiting. */
  @Test
  void doesNotRunAJobWhoseDeadlinePassedWhileItWaitedForItsTurn() {
    ClaimedJob late = TestJobs.expired();
    ClaimedJob good = TestJobs.versicolor();
    jobs.waiting(late, good);

    batches.run(queue, FakeTicket.some(2), working::get);

    assertThat(jobs.recorded()).extracting(JobOutcome::job).containsExactly(good);
    assertThat(jobs.released()).containsExactly(late);
    assertThat(meters.get("mlp.jobs.released").counter().count()).isEqualTo(1);
  }

  @Test
  void keepsTheAnswersOfJobsThatDoNotBypassTheCache_onceTheyAreRecorded() {
    ClaimedJob use = TestJobs.versicolor(CachePolicy.USE);
    ClaimedJob refresh = TestJobs.versicolor(CachePolicy.REFRESH, "label");
    ClaimedJob lost = TestJobs.versicolor(CachePolicy.USE, "probabilities");
    jobs.waiting(use, refresh, lost, TestJobs.versicolor());
    jobs.takeAway(lost);

    batches.run(queue, FakeTicket.some(4), working::get);

    assertThat(announcer.kept()).extracting(NewAnswer::key).containsExactly(key(use), key(refresh));
    assertThat(announcer.announced())
        .extracting(job -> Objects.requireNonNull(job.metrics()).cache())
        .containsExactly(CacheResult.MISS, CacheResult.MISS, null);
    assertThat(cache.asked()).containsExactly(List.of(key(use), key(lost)));
  }

  @Test
  void runsNothing_whereEveryAnswerIsKnown() {
    ClaimedJob first = TestJobs.versicolor(CachePolicy.USE);
    ClaimedJob second = TestJobs.versicolor(CachePolicy.USE);
    CachedAnswer answer = new CachedAnswer(List.of(), List.of(new Prediction("a rose", 1.0)));
    cache.put(key(first), answer);
    jobs.waiting(first, second);

    batches.run(queue, FakeTicket.some(2), working::get);

    assertThat(announcer.announced())
        .allSatisfy(job -> {
          assertThat(job.status()).isEqualTo(JobStatus.SUCCEEDED);
          assertThat(job.predictions()).isEqualTo(answer.predictions());
          assertThat(job.metrics()).isEqualTo(new Job.Metrics(250, 0, 0, CacheResult.HIT));
        });
    assertThat(announcer.kept()).isEmpty();
    assertThat(meters.get("mlp.batch.rows").summary().count()).isZero();
    assertThat(finished("succeeded", "none")).isEqualTo(2);
  }

  @Test
  void computesOnceWhatSeveralJobsAsk_butNotForThoseThatBypassTheCache() {
    ClaimedJob use = TestJobs.versicolor(CachePolicy.USE);
    ClaimedJob refresh = TestJobs.versicolor(CachePolicy.REFRESH);
    ClaimedJob again = TestJobs.versicolor(CachePolicy.USE);
    ClaimedJob bypass = TestJobs.versicolor();
    jobs.waiting(use, refresh, again, bypass);

    batches.run(queue, FakeTicket.some(4), working::get);

    assertThat(announcer.announced())
        .extracting(Job::id, job -> Objects.requireNonNull(job.metrics()).cache())
        .containsExactlyInAnyOrder(
            tuple(use.id(), CacheResult.MISS),
            tuple(refresh.id(), CacheResult.COLLAPSED),
            tuple(again.id(), CacheResult.COLLAPSED),
            tuple(bypass.id(), null));
    assertThat(announcer.announced()).extracting(Job::outputs).containsOnly(outputsOf(bypass));
    assertThat(announcer.kept()).extracting(NewAnswer::key).containsExactly(key(use));
    assertThat(meters.get("mlp.batch.rows").summary().totalAmount()).isEqualTo(2);
  }

  /**
   * It may take the worker along, so it shares nothing; but an answer that is known harms nobody.
   */
  @Test
  void givesASuspectTheAnswerThatIsKnown() {
    ClaimedJob candidate = TestJobs.poisonCandidate(CachePolicy.USE);
    cache.put(key(candidate), new CachedAnswer(List.of(), null));
    jobs.waiting(candidate);

    batches.run(queue, List.of(FakeTicket.isolated()), working::get);

    assertThat(jobs.recorded()).extracting(JobOutcome::job).containsExactly(candidate);
  }

  private ContentKey key(ClaimedJob job) {
    return queue
        .model()
        .contentScope()
        .key(job.owner(), job.content().inputs(), job.content().options().outputs());
  }

  private @Nullable List<Tensor> outputsOf(ClaimedJob job) {
    return announcer.announced().stream()
        .filter(one -> one.id().equals(job.id()))
        .findFirst()
        .map(Job::outputs)
        .orElse(null);
  }

  private double finished(String outcome, String kind) {
    return meters
        .counter(
            "mlp.jobs.finished",
            "model",
            "iris",
            "version",
            Integer.toString(queue.model().version()),
            "outcome",
            outcome,
            "kind",
            kind)
        .count();
  }
}
