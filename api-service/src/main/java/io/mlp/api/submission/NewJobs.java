package io.mlp.api.submission;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mlp.api.dispatch.Tickets;
import io.mlp.api.idempotency.IdempotencyKey;
import io.mlp.api.queue.Turns;
import io.mlp.api.retention.RetentionSettings;
import io.mlp.cache.CachedAnswer;
import io.mlp.job.CachePolicy;
import io.mlp.job.JobJson;
import io.mlp.tensor.TensorCodec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Writes new jobs to PostgreSQL: a group costs one statement, one round trip and one commit. */
@Component
class NewJobs implements SharedCommit.Store {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** The types and names of more columns stand at the two places left open. */
  private static final String SUBMITTED =
      """
      with submitted as (
        select * from unnest(
          ?::uuid[], ?::integer[], ?::text[], ?::smallint[], ?::bigint[], ?::smallint[],
          ?::timestamptz[], ?::text[], ?::text[], ?::bytea[], ?::boolean[],
          ?::boolean[], ?::text[], ?::text[], ?::bytea[], ?::text[]%s)
        as s(id, model_version_id, owner, priority, turn, max_attempts,
             deadline, requested_outputs, metadata, inputs, ticketed, pinned, cache_policy,
             model_digest, outputs, predictions%s)
      ),
      """;

  /**
   * A job that comes with its outputs has succeeded; the others wait. Which of the submitted jobs
   * are stored is left open.
   */
  private static final String STORED =
      """
      stored as (
        insert into job (id, model_version_id, owner, priority, max_attempts, deadline, retention,
                         requested_outputs, metadata, inputs, pinned, cache_policy, status,
                         completed_at, expires_at, model_digest, outputs, predictions,
                         queue_ms, compute_ms, batch_rows, cache_result)
        select id, model_version_id, owner, priority, max_attempts, deadline, kept,
               requested_outputs::jsonb, metadata::jsonb, inputs, pinned, cache_policy,
               case when answered then 'succeeded' else 'queued' end,
               case when answered then now() end, case when answered then now() + kept end,
               model_digest, outputs, predictions::jsonb,
               case when answered then 0 end, case when answered then 0 end,
               case when answered then 0 end, case when answered then 'hit' end
        from submitted,
             lateral (select make_interval(secs => ?) as kept, outputs is not null as answered) s
        where %1$s
      ), waiting as (
        insert into live (job_id, model_version_id, priority, turn, owner, max_attempts,
                          ready_at, due_at, deadline)
        select id, model_version_id, priority, turn, owner, max_attempts, now(),
               case when ticketed then now() + make_interval(secs => ?) else now() end, deadline
        from submitted
        where outputs is null and %1$s
      )
      """;

  private static final String INSERT =
      SUBMITTED.formatted("", "")
          + STORED.formatted("true")
          + "select now() as created_at, '{}'::uuid[] as duplicates";

  /**
   * Where a key is taken, its job is not stored. In the order of keys, so that two committers with
   * the same ones wait for one another and not both.
   */
  private static final String NAMED =
      """
      named as (
        insert into idempotency_key (owner, key, fingerprint, job_id, expires_at)
        select owner, key, decode(fingerprint, 'hex'), id, now() + make_interval(secs => ?)
        from submitted
        where key is not null
        order by owner, key
        on conflict do nothing
        returning job_id
      ),
      """;

  private static final String FREE = "(key is null or id in (select job_id from named))";

  private static final String INSERT_KEYED =
      SUBMITTED.formatted(", ?::text[], ?::text[]", ", key, fingerprint")
          + NAMED
          + STORED.formatted(FREE)
          + """
          select now() as created_at, array(
            select id from submitted
            where key is not null and id not in (select job_id from named)) as duplicates
          """;

  private final JdbcTemplate jdbc;
  private final Turns turns;
  private final RetentionSettings retention;
  private final double healAfterSeconds;

  NewJobs(JdbcTemplate jdbc, Turns turns, RetentionSettings retention, Tickets tickets) {
    this.jdbc = jdbc;
    this.turns = turns;
    this.retention = retention;
    this.healAfterSeconds = tickets.healAfterSeconds();
  }

  /**
   * A job with its place in the order of claiming.
   *
   * @param ticketed whether its ticket is sent after the commit
   */
  record Placed(NewJob job, long turn, boolean ticketed) {}

  @Override
  public Placed place(NewJob job, boolean ticketed) {
    return new Placed(job, turns.next(job.version().id(), job.priority(), job.owner()), ticketed);
  }

  @Override
  public SharedCommit.Stored insert(List<Placed> jobs) {
    SharedCommit.Stored stored = jdbc.execute((Connection connection) -> insert(connection, jobs));
    if (stored == null) {
      throw new IllegalStateException("the insert returned no time");
    }
    return stored;
  }

  private SharedCommit.Stored insert(Connection connection, List<Placed> jobs) throws SQLException {
    boolean keyed = jobs.stream().anyMatch(placed -> placed.job.key() != null);
    try (PreparedStatement statement = connection.prepareStatement(keyed ? INSERT_KEYED : INSERT)) {
      Parameters parameters = new Parameters(connection, statement, jobs);
      addJobs(parameters);
      if (keyed) {
        parameters.add("text", placed -> key(placed, IdempotencyKey::name));
        parameters.add("text", placed -> key(placed, IdempotencyKey::fingerprint));
        parameters.add(seconds(retention.keys()));
      }
      parameters.add(seconds(retention.jobs()));
      parameters.add(healAfterSeconds);
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        return new SharedCommit.Stored(
            result.getObject("created_at", OffsetDateTime.class).toInstant(),
            Set.of((UUID[]) result.getArray("duplicates").getArray()));
      }
    }
  }

  private static void addJobs(Parameters parameters) throws SQLException {
    parameters.add("uuid", placed -> placed.job.id());
    parameters.add("integer", placed -> placed.job.version().id());
    parameters.add("text", placed -> placed.job.owner());
    parameters.add("smallint", placed -> (short) placed.job.priority());
    parameters.add("bigint", Placed::turn);
    parameters.add("smallint", placed -> (short) placed.job.maxAttempts());
    parameters.add("text", placed -> text(placed.job.deadline()));
    parameters.add("text", placed -> json(placed.job.outputs()));
    parameters.add("text", placed -> metadata(placed.job));
    parameters.addBytes(placed -> TensorCodec.encode(placed.job.inputs()));
    parameters.add("boolean", Placed::ticketed);
    parameters.add("boolean", placed -> placed.job.pinned());
    parameters.add("text", placed -> cachePolicy(placed.job));
    parameters.add("text", placed -> ofAnswer(placed, _ -> placed.job.version().digest()));
    parameters.addBytes(placed -> ofAnswer(placed, it -> TensorCodec.encode(it.outputs())));
    parameters.add("text", placed -> ofAnswer(placed, NewJobs::predictions));
  }

  /** Sets the statement's parameters one after another, an array of all jobs' values each. */
  private static final class Parameters {
    private final Connection connection;
    private final PreparedStatement statement;
    private final List<Placed> jobs;
    private int index = 1;

    Parameters(Connection connection, PreparedStatement statement, List<Placed> jobs) {
      this.connection = connection;
      this.statement = statement;
      this.jobs = jobs;
    }

    void add(double value) throws SQLException {
      statement.setDouble(index++, value);
    }

    void addBytes(Function<Placed, byte @Nullable []> value) throws SQLException {
      byte[][] values = jobs.stream().map(value).toArray(byte[][]::new);
      statement.setArray(index++, connection.createArrayOf("bytea", values));
    }

    void add(String type, Function<Placed, @Nullable Object> value) throws SQLException {
      Object[] values = jobs.stream().map(value).toArray();
      statement.setArray(index++, connection.createArrayOf(type, values));
    }
  }

  private static @Nullable String key(Placed placed, Function<IdempotencyKey, String> part) {
    IdempotencyKey key = placed.job.key();
    return key == null ? null : part.apply(key);
  }

  private static @Nullable String cachePolicy(NewJob job) {
    return job.cache() == CachePolicy.BYPASS ? null : job.cache().text();
  }

  private static <T extends @Nullable Object> @Nullable T ofAnswer(
      Placed placed, Function<CachedAnswer, T> part) {
    CachedAnswer answer = placed.job.answer();
    return answer == null ? null : part.apply(answer);
  }

  private static @Nullable String predictions(CachedAnswer answer) {
    return answer.predictions() == null
        ? null
        : new String(JobJson.predictions(answer.predictions()), UTF_8);
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  private static @Nullable String json(@Nullable Object value) {
    return value == null ? null : JSON.writeValueAsString(value);
  }

  private static @Nullable String metadata(NewJob job) {
    return job.metadata().isEmpty() ? null : json(job.metadata());
  }
}
