package io.mlp.api.status;

import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.job.JobIds;
import io.mlp.job.JobStatus;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs a list asks for.
 *
 * @param from the least id, inclusive
 * @param before the greatest id, exclusive
 * @param scan the most jobs to look at for one page
 */
record JobFilter(
    @Nullable String model,
    @Nullable Integer version,
    @Nullable String status,
    UUID from,
    UUID before,
    int limit,
    int scan) {
  private static final int SCAN = 10_000;
  private static final int MAX_LIMIT = 100;
  private static final UUID LEAST = new UUID(0, 0);
  private static final UUID GREATEST = new UUID(-1, -1);

  /** The parameters of a list as they were sent. */
  record Parameters(
      @Nullable String model,
      @Nullable String version,
      @Nullable String status,
      @Nullable String from,
      @Nullable String to,
      @Nullable String cursor,
      @Nullable Integer limit) {}

  /**
   * Reads the parameters.
   *
   * @throws ProblemException 400 naming the first that is not valid
   */
  static JobFilter of(Parameters sent) {
    int limit = sent.limit() == null ? 50 : sent.limit();
    if (limit < 1 || limit > MAX_LIMIT) {
      throw refused("limit", limit + " (expected: 1 to " + MAX_LIMIT + ")");
    }
    String model = sent.model();
    if (model != null && model.indexOf('\0') >= 0) {
      throw refused("model", "holds U+0000, as no name does");
    }
    String status = sent.status();
    if (status != null && JobStatus.of(status).isEmpty()) {
      throw refused("status", "'" + status + "' is no status of a job");
    }
    UUID to = sent.to() == null ? GREATEST : JobIds.leastAt(instant("to", sent.to()));
    UUID cursor = sent.cursor() == null ? GREATEST : cursor(sent.cursor());
    return new JobFilter(
        model,
        sent.version() == null ? null : number(sent.version()),
        status,
        sent.from() == null ? LEAST : JobIds.leastAt(instant("from", sent.from())),
        // PostgreSQL compares UUIDs as unsigned bytes, as their texts compare.
        to.toString().compareTo(cursor.toString()) < 0 ? to : cursor,
        limit,
        SCAN);
  }

  private static int number(String version) {
    try {
      return Integer.parseInt(version);
    } catch (NumberFormatException _) {
      throw refused("version", "'" + version + "' is no version number");
    }
  }

  private static Instant instant(String name, String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException _) {
      throw refused(name, "'" + text + "' is no RFC 3339 time such as 2026-01-31T12:00:00Z");
    }
  }

  private static UUID cursor(String text) {
    try {
      UUID id = UUID.fromString(text);
      if (id.toString().equals(text)) {
        return id;
      }
    } catch (IllegalArgumentException _) {
      // Refused below, as are the short forms that Java reads.
    }
    throw refused("cursor", "is not one that this API gave");
  }

  private static ProblemException refused(String parameter, String what) {
    return ProblemException.at(ProblemType.INVALID_PARAMETER, parameter, parameter + ": " + what);
  }
}
