package io.mlp.worker.catalogue;

import io.mlp.model.Batching;
import io.mlp.worker.trial.Circumstances;
import io.mlp.worker.trial.Verdict;
import io.mlp.worker.trial.Verdicts;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The verdicts in the database. While that is away, models are tried as if nothing was known. */
@Component
class StoredVerdicts implements Verdicts {
  private static final Logger LOG = LoggerFactory.getLogger(StoredVerdicts.class);

  private static final String FIND =
      """
      select batching, batch_rows, batching_reason, repeatable from batching_verdict
      where digest = :digest and runtime = :runtime and processor = :processor and trial = :trial
      """;

  private static final String KEEP =
      """
      insert into batching_verdict
        (digest, runtime, processor, trial, batching, batch_rows, batching_reason, repeatable,
         seconds)
      values (:digest, :runtime, :processor, :trial, :batching, :rows, :reason, :repeatable,
         :seconds)
      on conflict (digest, runtime, processor) do update
      set trial = excluded.trial, batching = excluded.batching, batch_rows = excluded.batch_rows,
          batching_reason = excluded.batching_reason, repeatable = excluded.repeatable,
          seconds = excluded.seconds, tried_at = now()
      """;

  private final JdbcClient jdbc;

  StoredVerdicts(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public Optional<Verdict> find(Circumstances circumstances) {
    try {
      return with(circumstances, FIND).query((row, _) -> read(row, "batch_rows")).optional();
    } catch (DataAccessException e) {
      LOG.debug("No verdict is known while the database is away", e);
      return Optional.empty();
    }
  }

  @Override
  public void keep(Circumstances circumstances, Verdict verdict, Duration took) {
    try {
      with(circumstances, KEEP)
          .param("batching", verdict.batching().mode().text())
          .param("rows", verdict.batching().maxRows())
          .param("reason", verdict.batching().reason().orElse(null))
          .param("repeatable", verdict.repeatable())
          .param("seconds", took.toMillis() / 1000.0)
          .update();
    } catch (DataAccessException e) {
      LOG.debug("A verdict is lost and will be found again", e);
    }
  }

  private JdbcClient.StatementSpec with(Circumstances circumstances, String sql) {
    return jdbc.sql(sql)
        .param("digest", circumstances.digest())
        .param("runtime", circumstances.runtime())
        .param("processor", circumstances.processor())
        .param("trial", circumstances.trial());
  }

  /** The verdict in a row of any table that has one. */
  static Verdict read(ResultSet row, String rowsColumn) throws SQLException {
    Batching batching =
        new Batching(
            Batching.Mode.of(row.getString("batching")),
            row.getInt(rowsColumn),
            Optional.ofNullable(row.getString("batching_reason")));
    return new Verdict(batching, row.getBoolean("repeatable"));
  }
}
