package io.mlp.api.submission;

import io.mlp.api.dispatch.Tickets;
import io.mlp.api.queue.Turns;
import io.mlp.tensor.TensorCodec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Writes new jobs to PostgreSQL: a group costs one statement, one round trip and one commit. */
@Component
class NewJobs implements SharedCommit.Store {
  private static final JsonMapper JSON = JsonMapper.shared();

  private static final String INSERT =
      """
      with submitted as (
        select * from unnest(
          ?::uuid[], ?::integer[], ?::text[], ?::smallint[], ?::bigint[], ?::smallint[],
          ?::timestamptz[], ?::text[], ?::text[], ?::bytea[], ?::boolean[])
        as s(id, model_version_id, owner, priority, turn, max_attempts,
             deadline, requested_outputs, metadata, inputs, ticketed)
      ), stored as (
        insert into job (id, model_version_id, owner, priority, max_attempts, deadline, retention,
                         requested_outputs, metadata, inputs)
        select id, model_version_id, owner, priority, max_attempts, deadline,
               make_interval(secs => ?), requested_outputs::jsonb, metadata::jsonb, inputs
        from submitted
      ), waiting as (
        insert into live (job_id, model_version_id, priority, turn, owner, max_attempts,
                          ready_at, due_at, deadline)
        select id, model_version_id, priority, turn, owner, max_attempts, now(),
               case when ticketed then now() + make_interval(secs => ?) else now() end, deadline
        from submitted
      )
      select now()
      """;

  private final JdbcTemplate jdbc;
  private final Turns turns;
  private final double retentionSeconds;
  private final double healAfterSeconds;

  NewJobs(JdbcTemplate jdbc, Turns turns, SubmissionSettings settings, Tickets tickets) {
    this.jdbc = jdbc;
    this.turns = turns;
    this.retentionSeconds = settings.retention().toMillis() / 1000.0;
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
  public Instant insert(List<Placed> jobs) {
    Instant createdAt = jdbc.execute((Connection connection) -> insert(connection, jobs));
    if (createdAt == null) {
      throw new IllegalStateException("the insert returned no time");
    }
    return createdAt;
  }

  private Instant insert(Connection connection, List<Placed> jobs) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      Columns columns = new Columns(connection, statement, jobs);
      columns.add("uuid", placed -> placed.job.id());
      columns.add("integer", placed -> placed.job.version().id());
      columns.add("text", placed -> placed.job.owner());
      columns.add("smallint", placed -> (short) placed.job.priority());
      columns.add("bigint", Placed::turn);
      columns.add("smallint", placed -> (short) placed.job.maxAttempts());
      columns.add("text", placed -> text(placed.job.deadline()));
      columns.add("text", placed -> json(placed.job.outputs()));
      columns.add("text", placed -> metadata(placed.job));
      columns.addBytes(placed -> TensorCodec.encode(placed.job.inputs()));
      columns.add("boolean", Placed::ticketed);
      statement.setDouble(12, retentionSeconds);
      statement.setDouble(13, healAfterSeconds);
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        return result.getObject(1, OffsetDateTime.class).toInstant();
      }
    }
  }

  /** Sets the statement's parameters one after another, an array of all jobs' values each. */
  private static final class Columns {
    private final Connection connection;
    private final PreparedStatement statement;
    private final List<Placed> jobs;
    private int index = 1;

    Columns(Connection connection, PreparedStatement statement, List<Placed> jobs) {
      this.connection = connection;
      this.statement = statement;
      this.jobs = jobs;
    }

    void addBytes(Function<Placed, byte[]> value) throws SQLException {
      byte[][] values = jobs.stream().map(value).toArray(byte[][]::new);
      statement.setArray(index++, connection.createArrayOf("bytea", values));
    }

    void add(String type, Function<Placed, @Nullable Object> value) throws SQLException {
      Object[] values = jobs.stream().map(value).toArray();
      statement.setArray(index++, connection.createArrayOf(type, values));
    }
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
