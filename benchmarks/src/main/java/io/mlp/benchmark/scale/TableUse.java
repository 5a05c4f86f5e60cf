package io.mlp.benchmark.scale;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What happened to a table, and what there is.
 *
 * @param hot updates that touched no index
 * @param moved updates that found no room on the row's page; PostgreSQL counts them since 16
 * @param autovacuums how often it was vacuumed
 * @param dead rows that are there yet, at the end
 * @param tableBytes at the end, as {@code indexBytes}
 */
public record TableUse(
    String table,
    long inserted,
    long updated,
    long hot,
    @Nullable Long moved,
    long deleted,
    long autovacuums,
    long dead,
    long tableBytes,
    long indexBytes) {
  static final String QUERY =
      """
      select relname, n_tup_ins, n_tup_upd, n_tup_hot_upd,
             (to_jsonb(t) ->> 'n_tup_newpage_upd')::bigint as n_tup_newpage_upd, n_tup_del,
             autovacuum_count, n_dead_tup, pg_table_size(relid) as table_bytes,
             pg_indexes_size(relid) as index_bytes
      from pg_stat_user_tables t where relname in ('job', 'live') order by relname
      """;

  static TableUse of(ResultSet row, int number) throws SQLException {
    return new TableUse(
        row.getString("relname"),
        row.getLong("n_tup_ins"),
        row.getLong("n_tup_upd"),
        row.getLong("n_tup_hot_upd"),
        row.getObject("n_tup_newpage_upd", Long.class),
        row.getLong("n_tup_del"),
        row.getLong("autovacuum_count"),
        row.getLong("n_dead_tup"),
        row.getLong("table_bytes"),
        row.getLong("index_bytes"));
  }

  TableUse since(TableUse before) {
    return new TableUse(
        table,
        inserted - before.inserted,
        updated - before.updated,
        hot - before.hot,
        moved == null || before.moved == null ? null : moved - before.moved,
        deleted - before.deleted,
        autovacuums - before.autovacuums,
        dead,
        tableBytes,
        indexBytes);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%-4s %9d updates, %5.1f %% HOT%s; %7d dead, %d autovacuums;"
            + " table %.1f MB, indexes %.1f MB",
        table,
        updated,
        100.0 * hot / updated,
        moved == null ? "" : String.format(Locale.ROOT, ", %.1f %% moved", 100.0 * moved / updated),
        dead,
        autovacuums,
        tableBytes / 1e6,
        indexBytes / 1e6);
  }
}
