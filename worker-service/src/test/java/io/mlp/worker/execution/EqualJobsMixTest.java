package io.mlp.worker.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mlp.cache.FakeContentCache;
import io.mlp.job.CachePolicy;
import io.mlp.job.CacheResult;
import io.mlp.job.Job;
import io.mlp.job.store.ClaimedJob;
import io.mlp.model.Batching;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorType;
import io.mlp.worker.Settings;
import io.mlp.worker.ShippedModels;
import io.mlp.worker.inference.InferenceOutcome;
import io.mlp.worker.inference.MicroBatch;
import io.mlp.worker.job.FakeJobs;
import io.mlp.worker.job.JobOutcome;
import io.mlp.worker.job.TestJobs;
import io.mlp.worker.repository.LoadedModel;
import io.mlp.worker.result.FakeAnnouncer;
import io.mlp.worker.schedule.ExecutionSettings;
import io.mlp.worker.schedule.FakeTicket;
import io.mlp.worker.schedule.InputBudget;
import io.mlp.worker.schedule.ModelQueue;
import io.mlp.worker.schedule.RunPermits;
import io.mlp.worker.trial.Verdict;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Any mix of jobs, with a cache that remembers all that was ever answered, gives each job exactly
 * what it gets alone and without a cache.
 */
class EqualJobsMixTest {
  private static final int BATCHES = 60;
  private static final List<Set<String>> OUTPUTS =
      List.of(Set.of(), Set.of("label"), Set.of("probabilities"), Set.of("label", "probabilities"));

  private final Random random = new Random(24);
  private final LoadedModel digits = ShippedModels.digits();
  private final List<Tensor> images = images();
  private final FakeContentCache cache = new FakeContentCache();

  /** Twenty images, and of each some that differ in the last bit of one number, or in its sign. */
  private List<Tensor> images() {
    List<Tensor> images = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      float[] pixels = new float[64];
      for (int p = 0; p < pixels.length; p++) {
        pixels[p] = random.nextInt(17);
      }
      images.add(image(pixels));
      int changed = random.nextInt(64);
      float pixel = pixels[changed];
      for (float near : new float[] {Math.nextUp(pixel), Math.nextDown(pixel), -pixel}) {
        pixels[changed] = near;
        images.add(image(pixels));
      }
    }
    return images;
  }

  private static Tensor image(float... pixels) {
    ByteBuffer data = ByteBuffer.allocate(4 * pixels.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float pixel : pixels) {
      data.putFloat(pixel);
    }
    return new Tensor("image", TensorType.FP32, TensorShape.of(1, 64), data.flip());
  }

  @Test
  void givesEachJobWhatItGetsAlone() {
    Map<CacheResult, Integer> seen = new EnumMap<>(CacheResult.class);
    for (int batch = 0; batch < BATCHES; batch++) {
      List<ClaimedJob> jobs = new ArrayList<>();
      for (int i = random.nextInt(64); i >= 0; i--) {
        jobs.add(anyJob());
      }
      Map<UUID, Job> answered = run(jobs);
      for (ClaimedJob job : jobs) {
        Job its = Objects.requireNonNull(answered.get(job.id()));
        JobOutcome.Succeeded alone = alone(job);
        assertThat(its.outputs()).as(job.toString()).isEqualTo(alone.outputs());
        assertThat(its.predictions()).isEqualTo(alone.predictions());
        CacheResult from = Objects.requireNonNull(its.metrics()).cache();
        assertThat(from == null).isEqualTo(job.content().options().cache() == CachePolicy.BYPASS);
        assertThat(from == CacheResult.HIT && job.content().options().cache() != CachePolicy.USE)
            .isFalse();
        if (from != null) {
          seen.merge(from, 1, Integer::sum);
        }
      }
    }
    assertThat(seen).containsOnlyKeys(CacheResult.values());
  }

  /** One answer of many is none for another job. */
  @Test
  void sharesNothing_whereTheModelAnswersDifferentlyEachTime() {
    List<ClaimedJob> equal =
        Stream.generate(
                () -> TestJobs.asking(List.of(images.getFirst()), Set.of(), CachePolicy.USE))
            .limit(2)
            .toList();
    digits.agree(new Verdict(digits.batching(), false));
    try {
      assertThat(run(equal).values())
          .hasSize(2)
          .allSatisfy(job -> assertThat(Objects.requireNonNull(job.metrics()).cache()).isNull());
    } finally {
      digits.agree(digits.verdict());
    }
  }

  private ClaimedJob anyJob() {
    CachePolicy[] policies = CachePolicy.values();
    return TestJobs.asking(
        List.of(images.get(random.nextInt(images.size()))),
        OUTPUTS.get(random.nextInt(OUTPUTS.size())),
        policies[random.nextInt(policies.length)]);
  }

  private JobOutcome.Succeeded alone(ClaimedJob job) {
    InferenceOutcome outcome =
        MicroBatch.run(
                digits.onnx(), Batching.declared(1), List.of(JobInference.request(digits, job)))
            .getFirst();
    return (JobOutcome.Succeeded)
        JobInference.outcome(digits, job, (InferenceOutcome.Succeeded) outcome);
  }

  /** Runs a batch, and lets the cache remember what is to be kept. */
  private Map<UUID, Job> run(List<ClaimedJob> batch) {
    FakeJobs jobs = new FakeJobs();
    FakeAnnouncer announcer = new FakeAnnouncer();
    ExecutionSettings settings = Settings.of(ExecutionSettings.class);
    ExecutionMetrics metrics = new ExecutionMetrics(new SimpleMeterRegistry());
    BatchExecution execution =
        new BatchExecution(
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
    jobs.waiting(batch.toArray(ClaimedJob[]::new));
    execution.run(new ModelQueue(digits), FakeTicket.some(batch.size()), () -> true);
    announcer.kept().forEach(answer -> cache.put(answer.key(), answer.answer()));
    Map<UUID, Job> answered = new HashMap<>();
    announcer.announced().forEach(job -> answered.put(job.id(), job));
    return answered;
  }
}
