package io.mlp.api.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlp.flow.Database;
import io.mlp.flow.ReaderRole;
import io.mlp.flow.SharedStack;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Whoever reads as dashboards do sees the views of the schema {@code reporting}, and no more. */
@ExtendWith(SharedStack.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReaderRoleIT {
  /** A text that is stored wherever a client's data are. */
  private static final String SOMEBODYS = "somebody's data";

  /** What the role may do with any relation of the database. */
  private static final String RIGHTS =
      """
      select format('%s: %s.%s', privilege, n.nspname, c.relname)
      from pg_class c join pg_namespace n on n.oid = c.relnamespace,
           unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger'])
             as privilege
      where n.nspname not in ('pg_catalog', 'information_schema')
        and c.relkind in ('r', 'p', 'v', 'm', 'f', 't')
        and (has_table_privilege(c.oid, privilege)
             or privilege in ('select', 'insert', 'update', 'references')
                and has_any_column_privilege(c.oid, privilege))
      union all
      select format('%s: %s.%s', privilege, n.nspname, c.relname)
      from pg_class c join pg_namespace n on n.oid = c.relnamespace,
           unnest(array['usage', 'select', 'update']) as privilege
      where c.relkind = 'S' and has_sequence_privilege(c.oid, privilege)
      """;

  private static final String VIEWS =
      """
      from pg_class c
      where c.relnamespace = 'reporting'::regnamespace and c.relkind not in ('c', 'i')
      """;

  private final Database database;
  private final ReaderRole reader;

  ReaderRoleIT(Database database) {
    this.database = database;
    this.reader = ReaderRole.in(database);
  }

  @BeforeAll
  void store() {
    List.of(
            """
            insert into model_version (model, version, digest, inputs, outputs, max_batch_rows, example)
            values ('m', 1, repeat('0', 64), '[]', '[]', 1, to_jsonb(:somebodys::text))
            """,
            """
            insert into job (id, model_version_id, owner, priority, max_attempts, retention, inputs,
                             outputs, metadata, requested_outputs, status)
            select gen_random_uuid(), id, 'owner', 4, 3, interval '7 days', data, data, json, json,
                   'succeeded'
            from model_version,
                 (values (convert_to(:somebodys, 'UTF8'), to_jsonb(:somebodys::text))) v(data, json)
            """,
            """
            insert into idempotency_key (owner, key, fingerprint, job_id, expires_at)
            select 'owner', :somebodys, '', id, now() from job
            """,
            "insert into attempt (job_id, fence, kind, detail) select id, 1, 'timeout', '' from job",
            "insert into worker (id, name) values (gen_random_uuid(), 'w')")
        .forEach(row -> database.sql().sql(row).param("somebodys", SOMEBODYS).update());
  }

  @AfterAll
  void dropRoles() {
    reader.close();
  }

  private static List<String> texts(JdbcClient sql, String query) {
    return sql.sql(query).query((row, _) -> row.getString(1)).list();
  }

  @Test
  void mayReadTheViewsAndNothingElse() {
    assertThat(texts(reader.sql(), RIGHTS))
        .containsExactlyInAnyOrder(
            "select: reporting.attempts",
            "select: reporting.events",
            "select: reporting.jobs",
            "select: reporting.model_versions",
            "select: reporting.workers");
  }

  @Test
  void findsNobodysData() {
    String hex = texts(database.sql(), "select encode(inputs, 'hex') from job").getFirst();
    for (String view : texts(reader.sql(), "select c.oid::regclass::text " + VIEWS)) {
      assertThat(texts(reader.sql(), "select row_to_json(v)::text from %s v".formatted(view)))
          .as(view)
          .isNotEmpty()
          .allSatisfy(row -> assertThat(row).doesNotContain(SOMEBODYS, hex));
    }
  }

  @Test
  void everyViewAndColumnSaysWhatItHolds() {
    assertThat(
            texts(
                reader.sql(),
                """
                select attrelid::regclass || '.' || attname
                from pg_attribute
                where attnum > 0 and attrelid in (select c.oid %s)
                  and (col_description(attrelid, attnum) is null
                       or obj_description(attrelid, 'pg_class') is null)
                """
                    .formatted(VIEWS)))
        .isEmpty();
  }

  @Test
  void seesNoStatisticsOfTables() {
    database.administrator().sql("analyze").update();
    assertThat(
            texts(
                reader.sql(),
                """
                select distinct tablename::text from pg_stats
                where schemaname not in ('pg_catalog', 'information_schema')
                """))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select id from public.job",
        "select job_id from public.live",
        "select key from public.idempotency_key",
        "select example from public.model_version",
        "select metadata from public.job_state",
        "select count(*) from public.flyway_schema_history",
        "select last_value from public.model_version_id_seq",
        "select setval('public.model_version_id_seq', 1)",
        "select public.job_options(null)",
        "insert into public.worker (id, name) values (gen_random_uuid(), 'w')",
        "insert into reporting.workers (id, name) values (gen_random_uuid(), 'w')",
        "update reporting.workers set name = 'mine'",
        "delete from reporting.attempts",
        "truncate public.attempt",
        "select id from reporting.workers for update",
        "create table mine (i integer)",
        "create table public.mine (i integer)",
        "create temporary table mine (i integer)",
        "create view mine as select 1",
        "create function mine() returns integer language sql return 1",
        "create schema mine",
        "create role mine",
        "drop view reporting.jobs",
        "comment on view reporting.jobs is 'mine'",
        "alter table public.job add column mine integer",
        "set role mlp",
        "set role postgres",
        "set session authorization mlp",
        "grant mlp to current_user",
        "select pg_read_file('/etc/passwd')",
        "copy reporting.jobs to program 'true'",
        "select loid from pg_largeobject"
      })
  void mayNot(String statement) {
    assertThatIsDenied(statement);
  }

  @Test
  void mayNotReadLargeObjects() {
    long object =
        reader.migrator().sql("select lo_from_bytea(0, '\\x01')").query(Long.class).single();
    assertThatIsDenied("select lo_get(%d)".formatted(object));
    assertThatIsDenied("select lo_open(%d, 262144)".formatted(object));
    reader.migrator().sql("select lo_unlink(%d)".formatted(object)).query().singleRow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"public", "reporting"})
  void mayNotCallFunctionsOfLaterMigrations(String schema) {
    String function = schema + ".reads_for_others()";
    reader
        .migrator()
        .sql(
            "create function %s returns bigint security definer language sql return (select count(*) from public.job)"
                .formatted(function))
        .update();
    assertThatIsDenied("select " + function);
    assertThat(
            texts(
                reader.sql(),
                """
                select oid::regprocedure::text from pg_proc
                where pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
                  and has_function_privilege(oid, 'execute')
                """))
        .containsExactly("id_at(timestamp with time zone)");
    reader.migrator().sql("drop function " + function).update();
  }

  @Test
  void mayReadAViewOfALaterMigration_butNoTable() {
    reader.migrator().sql("create table later (i integer)").update();
    reader.migrator().sql("create view reporting.later as select i from later").update();
    assertThat(reader.sql().sql("select i from later").query().listOfRows()).isEmpty();
    assertThatIsDenied("select i from public.later");
    assertThat(texts(reader.sql(), RIGHTS))
        .contains("select: reporting.later")
        .noneMatch(right -> right.contains("public."));
    reader.migrator().sql("drop table later cascade").update();
  }

  /** The statements are those of the releases before there were views. */
  @Test
  void losesWhatItHad_whenItWasMadeBeforeThereWereViews() {
    String name = database.url().substring(database.url().lastIndexOf('/') + 1);
    try (ReaderRole old = ReaderRole.notYetIn(database)) {
      List.of(
              "create role %1$s login password 'pass word'",
              "grant connect on database %2$s to %1$s",
              "grant usage on schema public to %1$s",
              "grant select on all tables in schema public to %1$s",
              "alter default privileges in schema public grant select on tables to %1$s",
              // What everybody may do in a new database.
              "grant usage on schema public to public",
              "grant execute on function job_options to public",
              // And what somebody may have added.
              "grant update (owner) on job to %1$s",
              "grant usage on sequence model_version_id_seq to %1$s")
          .forEach(grant -> old.migrator().sql(grant.formatted(old.identifier(), name)).update());
      assertThat(texts(old.sql(), RIGHTS))
          .contains(
              "select: public.job", "update: public.job", "usage: public.model_version_id_seq");

      old.migrate();

      old.migrator().sql("create table later_still (i serial)").update();
      assertThat(texts(old.sql(), RIGHTS))
          .containsExactlyInAnyOrderElementsOf(texts(reader.sql(), RIGHTS));
      assertThatIsDenied(old, "select * from public.job");
      assertThatIsDenied(old, "select * from public.later_still");
      assertThatIsDenied(old, "select public.job_options(null)");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "search_path, reporting",
    "default_transaction_read_only, on",
    "statement_timeout, 30s",
    "idle_in_transaction_session_timeout, 1min"
  })
  void beginsItsSessionsWith(String setting, String value) {
    assertThat(texts(reader.sql(), "show " + setting)).containsExactly(value);
  }

  @Test
  void hasFewConnections() {
    assertThat(
            texts(
                reader.sql(),
                "select rolconnlimit::text from pg_roles where rolname = current_user"))
        .containsExactly("10");
  }

  private void assertThatIsDenied(String statement) {
    assertThatIsDenied(reader, statement);
  }

  private static void assertThatIsDenied(ReaderRole role, String statement) {
    assertThatThrownBy(() -> role.writing().sql(statement).query().listOfRows())
        .rootCause()
        .message()
        .containsPattern(
            "^ERROR: (permission denied|must (be (owner|superuser)|have admin option))");
  }
}
