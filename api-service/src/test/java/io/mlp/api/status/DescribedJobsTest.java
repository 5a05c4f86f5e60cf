package io.mlp.api.status;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.api.docs.OpenApi;
import io.mlp.job.CachePolicy;
import io.mlp.job.CacheResult;
import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import io.mlp.job.Job;
import io.mlp.job.JobIds;
import io.mlp.job.JobJson;
import io.mlp.job.JobOptions;
import io.mlp.job.JobStatus;
import io.mlp.job.Prediction;
import io.mlp.job.TraceContext;
import io.mlp.job.store.JobPage;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

/** Holds the JSON of jobs against the description, and the description against the JSON. */
class DescribedJobsTest {
  private static final Instant NOW = Instant.parse("2026-11-24T08:53:45.255202Z");

  private final OpenApi openApi = OpenApi.read();

  @ParameterizedTest
  @EnumSource
  void haveEveryPropertyThatIsWritten(JobStatus status) {
    openApi.assertDescribes("Job", JobJson.write(job(status)));
  }

  @Test
  void haveNoPropertyThatIsNeverWritten() {
    Set<String> written = new TreeSet<>();
    for (JobStatus status : JobStatus.values()) {
      var json = JsonMapper.shared().readTree(JobJson.write(job(status)));
      written.addAll(json.propertyNames());
    }
    assertThat(openApi.properties("Job")).isEqualTo(written);
  }

  @ParameterizedTest
  @EnumSource
  void haveOutputsOfEveryType(TensorType type) {
    openApi.assertDescribes("InferenceResponse", JobsJson.result(succeeded(zeros(type))));
  }

  @Test
  void haveElementsThatAreNotFinite() {
    byte[] json = JobsJson.result(succeeded(floats(Float.NaN, Float.POSITIVE_INFINITY, -0f)));
    assertThat(new String(json, UTF_8)).contains("[\"NaN\",\"Infinity\",-0.0]");
    openApi.assertDescribes("InferenceResponse", json);
  }

  @Test
  void comeInPages() {
    List<Job> jobs = Arrays.stream(JobStatus.values()).map(DescribedJobsTest::job).toList();
    openApi.assertDescribes("JobPage", JobsJson.page(new JobPage(jobs, JobIds.next())));
    openApi.assertDescribes("JobPage", JobsJson.page(new JobPage(List.of(), null)));
  }

  private static Job job(JobStatus status) {
    return switch (status) {
      case SUCCEEDED -> succeeded(floats(0.25f, 0.75f));
      case FAILED -> failed();
      case QUEUED -> unfinished(status, null);
      case RUNNING -> unfinished(status, NOW);
      case CANCELED, EXPIRED -> ended(status, null, null, null, null);
    };
  }

  private static Job succeeded(Tensor output) {
    List<Prediction> predictions = List.of(new Prediction("a", 0.75), new Prediction("b", null));
    Job.Metrics metrics = new Job.Metrics(59.722, 0.263, 1, CacheResult.MISS);
    return ended(JobStatus.SUCCEEDED, List.of(output), predictions, null, metrics);
  }

  private static Job failed() {
    Failure failure = new Failure(FailureKind.WORKER_LOST, "The worker's lease ran out");
    return ended(JobStatus.FAILED, null, null, failure, null);
  }

  private static Job unfinished(JobStatus status, @Nullable Instant startedAt) {
    return job(status, startedAt, null, null, null, null, null);
  }

  private static Job ended(
      JobStatus status,
      @Nullable List<Tensor> outputs,
      @Nullable List<Prediction> predictions,
      @Nullable Failure failure,
      Job.@Nullable Metrics metrics) {
    return job(status, NOW, NOW, outputs, predictions, failure, metrics);
  }

  private static Job job(
      JobStatus status,
      @Nullable Instant startedAt,
      @Nullable Instant endedAt,
      @Nullable List<Tensor> outputs,
      @Nullable List<Prediction> predictions,
      @Nullable Failure failure,
      Job.@Nullable Metrics metrics) {
    return new Job(
        JobIds.next(),
        "vision",
        "digits",
        1,
        "88b440cebad10f48de7d1cccf638d688622134b1b1286e1a8c90f5651f546e0d",
        status,
        4,
        startedAt == null ? 0 : 1,
        NOW,
        startedAt,
        endedAt,
        endedAt,
        new JobOptions(Set.of(), CachePolicy.BYPASS, Map.of("customer", "4711"))
            .in(new TraceContext("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", true)),
        outputs,
        predictions,
        failure,
        metrics);
  }

  /** Two elements: zeros, or empty texts. */
  private static Tensor zeros(TensorType type) {
    int bytes = type == TensorType.BYTES ? 4 : type.bytes();
    return new Tensor("y", type, TensorShape.of(2, 1), ByteBuffer.allocate(2 * bytes));
  }

  private static Tensor floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return new Tensor("y", TensorType.FP32, TensorShape.of(values.length), bytes);
  }
}
