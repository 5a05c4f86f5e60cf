package io.mlp.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.GoldenFiles;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.Tensors;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Golden files, as Redis holds finished jobs in these very bytes and clients read them. */
class JobJsonTest {
  private static final UUID ID = UUID.fromString("01938f8e-7c00-7abc-8def-0123456789ab");
  private static final String DIGEST = "9f".repeat(32);
  private static final Instant CREATED = Instant.parse("2026-11-24T08:00:00.123456Z");
  private static final Instant STARTED = Instant.parse("2026-11-24T08:00:00.125Z");
  private static final Instant COMPLETED = Instant.parse("2026-11-24T08:00:01Z");
  private static final Instant EXPIRES = Instant.parse("2026-12-01T08:00:01Z");

  private static final TraceContext TRACE =
      new TraceContext("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", false);

  @Test
  void queuedJobTellsWhatIsKnown() {
    Job queued =
        new Job(
            ID,
            "vision",
            "digits",
            2,
            DIGEST,
            JobStatus.QUEUED,
            4,
            0,
            CREATED,
            null,
            null,
            null,
            JobOptions.NONE,
            null,
            null,
            null,
            null);

    assertThat(json(queued)).isEqualTo(GoldenFiles.json("job-queued.json"));
  }

  @Test
  void succeededJobTellsOutputsPredictionsAndMetrics() {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("order", "A-17");
    metadata.put("note", "\"späť\"\n");
    List<Tensor> outputs =
        List.of(
            Tensors.int64("label", 2, 7, 3),
            Tensors.fp32("probabilities", 2, 0.25f, 0.75f, 0.125f, 0.875f));
    List<Prediction> predictions =
        List.of(new Prediction("seven", 0.75), new Prediction("three", null));
    Job succeeded =
        new Job(
            ID,
            "vision",
            "digits",
            2,
            DIGEST,
            JobStatus.SUCCEEDED,
            9,
            1,
            CREATED,
            STARTED,
            COMPLETED,
            EXPIRES,
            new JobOptions(Set.of(), CachePolicy.BYPASS, metadata, TRACE),
            outputs,
            predictions,
            null,
            new Job.Metrics(1.5444, 0.25, 16, CacheResult.MISS));

    assertThat(json(succeeded)).isEqualTo(GoldenFiles.json("job-succeeded.json"));
  }

  /** A client chooses the words of its metadata, and a model those of its failure. */
  @Test
  void factsEndWhereTheOutputsBegin_whateverTextsSay() {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("outputs", "[1]");
    metadata.put(",\"outputs\":[", ",\"outputs\":[");
    metadata.put("a,", ",");
    metadata.put("outputs\":[", "\\\",\"outputs\":[");
    Job job = succeeded(metadata, List.of(Tensors.int64("outputs", 1, 7)));
    String json = json(job);
    int facts = JobJson.factsIn(json.getBytes(UTF_8));

    assertThat(json.substring(facts)).startsWith(",\"outputs\":[{\"name\":\"outputs\",");
    assertThat(json.substring(0, facts)).contains("\"links\"");
    assertThat(JobJson.facts(job)).asString(UTF_8).isEqualTo(json.substring(0, facts));
  }

  @Test
  void factsAreAll_ofAJobWithoutOutputs() {
    byte[] json = JobJson.write(succeeded(Map.of("outputs", "["), null));

    assertThat(JobJson.factsIn(json)).isEqualTo(json.length);
  }

  @Test
  void noOutputsAreOutputs() {
    Job job = succeeded(Map.of(), List.of());

    assertThat(JobJson.facts(job)).hasSize(JobJson.factsIn(JobJson.write(job)));
  }

  private static Job succeeded(Map<String, String> metadata, @Nullable List<Tensor> outputs) {
    return new Job(
        ID,
        "vision",
        "digits",
        2,
        DIGEST,
        JobStatus.SUCCEEDED,
        4,
        1,
        CREATED,
        STARTED,
        COMPLETED,
        EXPIRES,
        new JobOptions(Set.of(), CachePolicy.BYPASS, metadata),
        outputs,
        outputs == null ? null : List.of(new Prediction("seven", 0.75)),
        null,
        new Job.Metrics(1.5, 0.25, 16, null));
  }

  @Test
  void failedJobTellsWhy() {
    Job failed =
        new Job(
            ID,
            "vision",
            "digits",
            2,
            DIGEST,
            JobStatus.FAILED,
            4,
            3,
            CREATED,
            STARTED,
            COMPLETED,
            EXPIRES,
            JobOptions.NONE,
            null,
            null,
            new Failure(FailureKind.WORKER_LOST, "The worker's lease ran out"),
            null);

    assertThat(json(failed)).isEqualTo(GoldenFiles.json("job-failed.json"));
  }

  @ParameterizedTest
  @CsvSource({"0.0004,0.0", "0.0005,0.001", "12.3456,12.346", "3600000.25,3600000.25"})
  void millisecondsAreRoundedToMicroseconds(double millis, String written) {
    Job job =
        new Job(
            ID,
            "vision",
            "digits",
            2,
            DIGEST,
            JobStatus.SUCCEEDED,
            4,
            1,
            CREATED,
            null,
            null,
            null,
            JobOptions.NONE,
            null,
            null,
            null,
            new Job.Metrics(millis, 0, 1, null));

    assertThat(json(job)).contains("\"queue_ms\":" + written + ",");
  }

  private static String json(Job job) {
    return new String(JobJson.write(job), UTF_8);
  }
}
