package io.mlp.api.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mlp.api.owner.TestCallers;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.api.problem.Problems;
import io.mlp.job.JobIds;
import io.mlp.job.store.JobFilter;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListParametersTest {
  private static final UUID LEAST = UUID.fromString("00000000-0000-0000-0000-000000000000");
  private static final UUID GREATEST = UUID.fromString("ffffffff-ffff-ffff-ffff-ffffffffffff");

  @Test
  void asksForTheFiftyNewestOfAll_whenNothingIsSent() {
    assertThat(filter(Map.of()))
        .isEqualTo(new JobFilter("vision", null, null, null, LEAST, GREATEST, 50, 10_000));
  }

  @Test
  void asksForWhatIsSent() {
    JobFilter filter =
        filter(Map.of("model", "digits", "version", "2", "status", "failed", "limit", "7"));

    assertThat(filter)
        .isEqualTo(new JobFilter("vision", "digits", 2, "failed", LEAST, GREATEST, 7, 10_000));
  }

  /** Ids begin with their time, so bounds in time are bounds of ids. */
  @Test
  void boundsTheIdsByTheTimes() {
    JobFilter filter =
        filter(Map.of("from", "2026-11-24T08:00:00Z", "to", "2026-11-24T10:00:00+01:00"));

    assertThat(filter.from()).isEqualTo(JobIds.leastAt(Instant.parse("2026-11-24T08:00:00Z")));
    assertThat(filter.before()).isEqualTo(JobIds.leastAt(Instant.parse("2026-11-24T09:00:00Z")));
  }

  @Test
  void goesOnBeforeTheCursor() {
    UUID cursor = JobIds.next();

    assertThat(filter(Map.of("cursor", cursor.toString())).before()).isEqualTo(cursor);
  }

  @Test
  void takesTheEarlierOfCursorAndEnd() {
    String early = JobIds.leastAt(Instant.parse("2026-11-01T00:00:00Z")).toString();
    String late = JobIds.leastAt(Instant.parse("2026-11-30T00:00:00Z")).toString();

    assertThat(filter(Map.of("to", "2026-11-15T00:00:00Z", "cursor", early)).before())
        .hasToString(early);
    assertThat(filter(Map.of("to", "2026-11-15T00:00:00Z", "cursor", late)).before())
        .isEqualTo(JobIds.leastAt(Instant.parse("2026-11-15T00:00:00Z")));
  }

  /** As PostgreSQL compares them: ids from 2248 on are negative to Java. */
  @Test
  void comparesCursorAndEndAsUnsigned() {
    String nextMillennium = JobIds.leastAt(Instant.parse("9000-01-01T00:00:00Z")).toString();

    assertThat(filter(Map.of("to", "2026-11-15T00:00:00Z", "cursor", nextMillennium)).before())
        .isEqualTo(JobIds.leastAt(Instant.parse("2026-11-15T00:00:00Z")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"queued", "running", "succeeded", "failed", "canceled", "expired"})
  void knowsEveryStatus(String status) {
    assertThat(filter(Map.of("status", status)).status()).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(strings = {"+999999999-12-31T23:59:59Z", "-999999999-01-01T00:00:00Z"})
  void takesTheEndsOfTime(String time) {
    assertThat(filter(Map.of("from", time)).from().version()).isEqualTo(7);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "limit   | 0           | limit: 0 (expected: 1 to 100)",
        "limit   | 101         | limit: 101 (expected: 1 to 100)",
        "status  | done        | status: 'done' is no status of a job",
        "status  | QUEUED      | status: 'QUEUED' is no status of a job",
        "version | latest      | version: 'latest' is no version number",
        "version | 99999999999 | version: '99999999999' is no version number",
        "version | 0           | version: '0' is no version number",
        "version | 01          | version: '01' is no version number",
        "from    | yesterday   | from: 'yesterday' is no RFC 3339 time such as 2026-01-31T12:00:00Z",
        "to      | 2026-11-24  | to: '2026-11-24' is no RFC 3339 time such as 2026-01-31T12:00:00Z",
        "cursor  | next        | cursor: is not one that this API gave",
      })
  void refusesWhatIsNotValid(String parameter, String value, String detail) {
    ProblemException problem = problemOf(Map.of(parameter, value));

    assertThat(problem.type()).isEqualTo(ProblemType.INVALID_PARAMETER);
    assertThat(Problems.violations(problem))
        .singleElement()
        .satisfies(violation -> assertThat(violation.where()).isEqualTo(parameter))
        .satisfies(violation -> assertThat(violation.detail()).isEqualTo(detail));
  }

  /** PostgreSQL would refuse the query. */
  @Test
  void refusesWhatNoTextOfTheDatabaseHolds() {
    ProblemException problem = problemOf(Map.of("model", "a\0b"));

    assertThat(problem.type()).isEqualTo(ProblemType.INVALID_PARAMETER);
    assertThat(Problems.lines(problem)).containsExactly("model  holds U+0000, as no name does");
  }

  private static ProblemException problemOf(Map<String, String> sent) {
    return catchThrowableOfType(ProblemException.class, () -> filter(sent));
  }

  private static JobFilter filter(Map<String, String> sent) {
    @Nullable String limit = sent.get("limit");
    return new ListParameters(
            sent.get("owner"),
            sent.get("model"),
            sent.get("version"),
            sent.get("status"),
            sent.get("from"),
            sent.get("to"),
            sent.get("cursor"),
            limit == null ? null : Integer.valueOf(limit))
        .filter(TestCallers.vision())
        .orElseThrow();
  }
}
