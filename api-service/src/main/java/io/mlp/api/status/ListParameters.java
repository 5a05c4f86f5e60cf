package io.mlp.api.status;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mlp.api.http.QueryParameters;
import io.mlp.api.owner.Caller;
import io.mlp.api.problem.ProblemException;
import io.mlp.job.JobIds;
import io.mlp.job.JobStatus;
import io.mlp.job.store.JobFilter;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

/** The parameters of a list as they were sent. */
record ListParameters(
    @Nullable String owner,
    @Nullable String model,
    @Nullable String version,
    @Nullable String status,
    @Nullable String from,
    @Nullable String to,
    @Nullable String cursor,
    @Nullable Integer limit) {
  private static final int SCAN = 10_000;
  private static final Pattern VERSION = Pattern.compile("[1-9]\\d{0,8}");
  private static final UUID LEAST = new UUID(0, 0);
  private static final UUID GREATEST = new UUID(-1, -1);

  /**
   * Which jobs they ask for; empty if those of an owner whose jobs the caller does not see, who may
   * as well have none.
   *
   * @throws ProblemException 400 naming the first that is not valid
   */
  Optional<JobFilter> filter(Caller caller) {
    if (status != null && JobStatus.of(status).isEmpty()) {
      throw QueryParameters.refused("status", "'" + status + "' is no status of a job");
    }
    UUID end = to == null ? GREATEST : JobIds.leastAt(instant("to", to));
    UUID reached = QueryParameters.cursor(cursor);
    JobFilter filter =
        new JobFilter(
            owner == null ? caller.sees() : QueryParameters.name("owner", owner),
            QueryParameters.name("model", model),
            version == null ? null : number(version),
            status,
            from == null ? LEAST : JobIds.leastAt(instant("from", from)),
            // PostgreSQL compares UUIDs as unsigned bytes, as their texts compare.
            end.toString().compareTo(reached.toString()) < 0 ? end : reached,
            QueryParameters.limit(limit),
            SCAN);
    return owner == null || caller.sees(owner) ? Optional.of(filter) : Optional.empty();
  }

  /** The same list, to go on from that cursor. */
  String from(UUID next) {
    UriComponentsBuilder uri = UriComponentsBuilder.fromPath("/v1/jobs");
    add(uri, "owner", owner);
    add(uri, "model", model);
    add(uri, "version", version);
    add(uri, "status", status);
    add(uri, "from", from);
    add(uri, "to", to);
    add(uri, "limit", limit == null ? null : limit.toString());
    add(uri, "cursor", next.toString());
    return uri.build(true).toUriString();
  }

  private static void add(UriComponentsBuilder uri, String name, @Nullable String value) {
    if (value != null) {
      uri.queryParam(name, UriUtils.encode(value, UTF_8));
    }
  }

  private static int number(String version) {
    if (!VERSION.matcher(version).matches()) {
      throw QueryParameters.refused("version", "'" + version + "' is no version number");
    }
    return Integer.parseInt(version);
  }

  private static Instant instant(String name, String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException _) {
      throw QueryParameters.refused(
          name, "'" + text + "' is no RFC 3339 time such as 2026-01-31T12:00:00Z");
    }
  }
}
