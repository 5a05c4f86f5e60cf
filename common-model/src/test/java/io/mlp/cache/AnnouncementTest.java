package io.mlp.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.mlp.job.CachePolicy;
import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import io.mlp.job.Job;
import io.mlp.job.JobJson;
import io.mlp.job.JobOptions;
import io.mlp.job.JobStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnnouncementTest {
  private static final UUID ONE = UUID.fromString("01938f8e-7c00-7abc-8def-0123456789ab");
  private static final UUID TWO = UUID.fromString("01938f8e-7c00-7abc-8def-0123456789ac");

  private static Job succeeded(UUID id, String metadata) {
    return job(id, JobStatus.SUCCEEDED, metadata, null);
  }

  private static Job job(UUID id, JobStatus status, String metadata, @Nullable Failure failure) {
    return new Job(
        id,
        "vision",
        "digits",
        1,
        "d".repeat(64),
        status,
        4,
        1,
        Instant.EPOCH,
        Instant.EPOCH,
        Instant.EPOCH,
        Instant.EPOCH,
        new JobOptions(Set.of(), CachePolicy.BYPASS, Map.of("text", metadata)),
        List.of(),
        null,
        failure,
        null);
  }

  /** To and fro. */
  private static Announcement heard(Job... jobs) {
    return Announcement.decode(Announcement.of(List.of(jobs)).encode());
  }

  @Test
  void tellsAFewSmallJobsWhole() {
    Job one = succeeded(ONE, "a line\nand \"another\", ü");
    Job two = succeeded(TWO, "");

    Announcement heard = heard(one, two);

    assertThat(heard.jobIds()).containsExactly(ONE, TWO);
    assertThat(heard.jobs().get(ONE)).isEqualTo(JobJson.write(one));
    assertThat(heard.jobs().get(TWO)).isEqualTo(JobJson.write(two));
  }

  @Test
  void namesThoseThatMayBeRetriedOnly() {
    Failure failure = new Failure(FailureKind.MODEL_ERROR, "it broke");

    Announcement heard = heard(job(ONE, JobStatus.FAILED, "", failure), succeeded(TWO, ""));

    assertThat(heard.jobIds()).containsExactly(ONE, TWO);
    assertThat(heard.jobs()).containsOnlyKeys(TWO);
  }

  @Test
  void namesALargeJobOnly() {
    Announcement heard = heard(succeeded(ONE, "x".repeat(Announcement.SMALL)));

    assertThat(heard).isEqualTo(new Announcement(List.of(ONE), Map.of()));
  }

  @Test
  void namesTheJobsOfALargeBatchOnly() {
    List<Job> jobs =
        Stream.generate(() -> succeeded(UUID.randomUUID(), ""))
            .limit(Announcement.FEW + 1L)
            .toList();

    Announcement said = Announcement.of(jobs);

    assertThat(said.jobs()).isEmpty();
    assertThat(Announcement.decode(said.encode())).isEqualTo(said);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "hello",
        "01938f8e-7c00-7abc-8def-0123456789ab\n",
        "01938f8e-7c00-7abc-8def-0123456789ab,01938f8e-7c00-7abc-8def-0123456789ac",
        "{\"id\":\"01938f8e-7c00",
        "{\"id\":\"01938f8e-7c00-7abc-8def_0123456789ab\"}",
        "{\"ids\":\"01938f8e-7c00-7abc-8def-0123456789ab\"}",
      })
  void refusesMessagesThatAreNeitherIdsNorJobs(String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Announcement.decode(message.getBytes(UTF_8)));
  }
}
