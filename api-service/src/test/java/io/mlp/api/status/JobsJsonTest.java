package io.mlp.api.status;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.job.Job;
import io.mlp.job.JobJson;
import io.mlp.job.JobOptions;
import io.mlp.job.JobStatus;
import io.mlp.job.store.JobPage;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorType;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JobsJsonTest {
  private static final UUID ID = UUID.fromString("01938f8e-7c00-7abc-8def-0123456789ab");
  private static final Job JOB = job(null);

  @Test
  void pageHoldsTheJobsAndWhereToGoOn() {
    String job = new String(JobJson.write(JOB), UTF_8);

    assertThat(JobsJson.page(new JobPage(List.of(JOB, JOB), ID)))
        .asString(UTF_8)
        .isEqualTo("{\"jobs\":[" + job + "," + job + "],\"next\":\"" + ID + "\"}");
  }

  @Test
  void lastPageLeadsNowhere() {
    assertThat(JobsJson.page(new JobPage(List.of(), null)))
        .asString(UTF_8)
        .isEqualTo("{\"jobs\":[]}");
  }

  @Test
  void resultIsTheAnswerOfTheOpenInferenceProtocol() {
    Tensor flags =
        new Tensor("flag", TensorType.BOOL, TensorShape.of(2), ByteBuffer.wrap(new byte[] {1, 0}));

    assertThat(JobsJson.result(job(List.of(flags))))
        .asString(UTF_8)
        .isEqualTo(
            "{\"model_name\":\"digits\",\"model_version\":\"2\",\"id\":\""
                + ID
                + "\",\"outputs\":[{\"name\":\"flag\",\"shape\":[2],\"datatype\":\"BOOL\","
                + "\"data\":[true,false]}]}");
  }

  private static Job job(@Nullable List<Tensor> outputs) {
    return new Job(
        ID,
        "vision",
        "digits",
        2,
        "9f",
        JobStatus.SUCCEEDED,
        4,
        1,
        Instant.EPOCH,
        null,
        null,
        null,
        JobOptions.NONE,
        outputs,
        null,
        null,
        null);
  }
}
