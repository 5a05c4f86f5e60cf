package io.mlp.worker.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mlp.cache.FakeContentCache;
import io.mlp.job.TraceContext;
import io.mlp.job.store.ClaimedJob;
import io.mlp.trace.JobSpans;
import io.mlp.trace.RequestSampler;
import io.mlp.worker.Settings;
import io.mlp.worker.ShippedModels;
import io.mlp.worker.job.FakeJobs;
import io.mlp.worker.job.TestJobs;
import io.mlp.worker.result.FakeAnnouncer;
import io.mlp.worker.schedule.ExecutionSettings;
import io.mlp.worker.schedule.FakeTicket;
import io.mlp.worker.schedule.InputBudget;
import io.mlp.worker.schedule.ModelQueue;
import io.mlp.worker.schedule.RunPermits;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The hot path on a real model, and what a tracing backend sees of it. */
class ExecutionSpansTest {
  private static final TraceContext ONE = new TraceContext("1".repeat(32), "1".repeat(16), true);
  private static final TraceContext TWO = new TraceContext("2".repeat(32), "2".repeat(16), true);
  private static final TraceContext NOT_OURS =
      new TraceContext("3".repeat(32), "3".repeat(16), false);

  private final InMemorySpanExporter exported = InMemorySpanExporter.create();
  private final OpenTelemetrySdk telemetry =
      OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .setSampler(new RequestSampler(0))
                  .addSpanProcessor(SimpleSpanProcessor.create(exported))
                  .build())
          .build();

  @AfterEach
  void close() {
    telemetry.close();
  }

  @Test
  void showWhatEveryTracedJobOfABatchDid() {
    ClaimedJob one = TestJobs.traced(TestJobs.versicolor(), ONE);
    ClaimedJob two = TestJobs.traced(TestJobs.versicolor(), TWO);
    run(one, TestJobs.versicolor(), two, TestJobs.traced(TestJobs.versicolor(), NOT_OURS));

    for (ClaimedJob job : List.of(one, two)) {
      TraceContext trace = job.equals(one) ? ONE : TWO;
      assertThat(of(trace.traceId()))
          .extracting(SpanData::getName)
          .containsExactlyInAnyOrder("queue", "run", "record");
      assertThat(of(trace.traceId()))
          .allSatisfy(span -> {
            assertThat(span.getParentSpanId()).isEqualTo(trace.spanId());
            assertThat(attribute(span, "mlp.job.id")).isEqualTo(job.id().toString());
            assertThat(attribute(span, "mlp.model")).isEqualTo("iris");
          });
      SpanData queue = named("queue", trace);
      assertThat(Duration.ofNanos(queue.getEndEpochNanos() - queue.getStartEpochNanos()))
          .isEqualTo(job.queueTime());
      assertThat(attribute(named("record", trace), "mlp.job.outcome")).isEqualTo("succeeded");
    }
  }

  @Test
  void linkTheJobsOfAMicroBatch() {
    run(
        TestJobs.traced(TestJobs.versicolor(), ONE),
        TestJobs.traced(TestJobs.versicolor(), TWO),
        TestJobs.versicolor());

    List<SpanData> shared = named("micro-batch");
    assertThat(shared).hasSize(1);
    List<SpanContext> runs =
        List.of(named("run", ONE).getSpanContext(), named("run", TWO).getSpanContext());
    assertThat(shared.getFirst().getLinks())
        .extracting(LinkData::getSpanContext)
        .containsExactlyElementsOf(runs);
    assertThat(shared.getFirst().getAttributes().get(AttributeKey.longKey("mlp.batch.jobs")))
        .isEqualTo(3);
    for (TraceContext trace : List.of(ONE, TWO)) {
      assertThat(named("run", trace).getLinks())
          .extracting(LinkData::getSpanContext)
          .containsExactly(shared.getFirst().getSpanContext());
    }
  }

  @Test
  void areNone_whereNoJobIsTraced() {
    run(TestJobs.versicolor(), TestJobs.traced(TestJobs.versicolor(), NOT_OURS));

    assertThat(exported.getFinishedSpanItems()).isEmpty();
  }

  /** In one word: the sentence may quote what somebody sent. */
  @Test
  void tellWhyAJobFailed() {
    run(TestJobs.traced(TestJobs.unreadable(), ONE));

    SpanData record = named("record", ONE);
    assertThat(record.getStatus()).isEqualTo(StatusData.error());
    assertThat(attribute(record, "error.type")).isEqualTo("invalid_input");
    assertThat(attribute(record, "mlp.job.outcome")).isEqualTo("failed");
  }

  private void run(ClaimedJob... batch) {
    FakeJobs jobs = new FakeJobs();
    ExecutionSettings settings = Settings.of(ExecutionSettings.class);
    ExecutionMetrics metrics = new ExecutionMetrics(new SimpleMeterRegistry());
    RunWatch watch = new RunWatch(jobs.leases(), _ -> {}, settings);
    jobs.waiting(batch);
    new BatchExecution(
            jobs.jobs(),
            jobs.leases(),
            new FakeContentCache(),
            new OutcomeWriter(jobs.jobs(), new FakeAnnouncer(), metrics, Unheard.log()),
            metrics,
            watch,
            new InputBudget(1 << 30),
            new OutputBudget(settings),
            new RunPermits(1),
            new ExecutionSpans(new JobSpans(telemetry)),
            Unheard.log())
        .run(new ModelQueue(ShippedModels.iris()), FakeTicket.some(batch.length), () -> true);
    watch.destroy();
  }

  private List<SpanData> of(String traceId) {
    return exported.getFinishedSpanItems().stream()
        .filter(span -> span.getTraceId().equals(traceId))
        .toList();
  }

  private SpanData named(String name, TraceContext trace) {
    return of(trace.traceId()).stream()
        .filter(span -> span.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private List<SpanData> named(String name) {
    return exported.getFinishedSpanItems().stream()
        .filter(span -> span.getName().equals(name))
        .toList();
  }

  private static String attribute(SpanData span, String name) {
    return String.valueOf(span.getAttributes().get(AttributeKey.stringKey(name)));
  }
}
