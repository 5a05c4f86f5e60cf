package io.mlp.worker.catalogue;

import io.mlp.model.SignatureJson;
import io.mlp.worker.job.WorkerIdentity;
import io.mlp.worker.repository.LoadedModel;
import io.mlp.worker.repository.ModelVersion;
import io.mlp.worker.trial.Verdict;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** The tables in which workers tell what they serve. */
@Component
class Catalogue {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** Workers register one after another, so that each sees what the others serve. */
  private static final String ONE_AT_A_TIME =
      "select pg_advisory_xact_lock(hashtext('mlp.catalogue'))";

  private static final String ADD_WORKER =
      """
      insert into worker (id, name) values (:id, :name)
      on conflict (id) do update set seen_at = now()
      """;

  /**
   * Rows may share a run as far as all live workers agree that have the same bytes. Other bytes
   * replace those that are registered as soon as no other live worker serves anything else than
   * they: the last one to load them switches for all.
   */
  private static final String REGISTER =
      """
      with found as (
        select * from unnest(:models::text[], :versions::integer[], :offered::text[],
          :served::text[], :reasons::text[], :descriptions::text[], :inputs::text[],
          :outputs::text[], :labels::text[], :examples::text[], :cacheSeconds::integer[],
          :batching::text[], :batchRows::integer[], :batchingReasons::text[],
          :repeatable::boolean[])
        as f(model, version, offered, served, reason, description, inputs, outputs, labels,
             example, cache_seconds, batching, batch_rows, batching_reason, repeatable)
      ), others as (
        select f.model, f.version, bool_or(m.batching = 'off') as off,
               min(m.batch_rows) as batch_rows, bool_and(m.repeatable) as repeatable,
               min(w.name || ': ' || m.batching_reason) as reason
        from found f
        join worker_model m on m.model = f.model and m.version = f.version
          and m.offered = f.offered and m.worker_id <> :worker and m.batching is not null
        join worker w on w.id = m.worker_id and w.seen_at > now() - interval '15 seconds'
        group by f.model, f.version
      ), agreed as (
        select f.model, f.version,
               case when o.off then 'off' else f.batching end as batching,
               case when o.off then 1 else least(f.batch_rows, o.batch_rows) end as batch_rows,
               case when f.batching <> 'off' and o.off then o.reason
                    else f.batching_reason end as batching_reason,
               f.repeatable and coalesce(o.repeatable, true) as repeatable
        from found f left join others o using (model, version)
      ), put as (
        insert into model_version as v
          (model, version, digest, description, inputs, outputs, labels, example, cache_seconds,
           batching, max_batch_rows, batching_reason, repeatable)
        select f.model, f.version, f.offered, f.description, f.inputs::jsonb, f.outputs::jsonb,
               f.labels::jsonb, f.example::jsonb, f.cache_seconds,
               a.batching, a.batch_rows, a.batching_reason, a.repeatable
        from found f join agreed a using (model, version) where f.offered is not null
        order by f.model, f.version
        on conflict (model, version) do update
        set digest = excluded.digest, description = excluded.description,
            inputs = excluded.inputs, outputs = excluded.outputs, labels = excluded.labels,
            example = excluded.example, cache_seconds = excluded.cache_seconds,
            batching = excluded.batching, max_batch_rows = excluded.max_batch_rows,
            batching_reason = excluded.batching_reason, repeatable = excluded.repeatable
        where v.digest = excluded.digest or not exists (
          select from worker_model m join worker w on w.id = m.worker_id
          where m.model = v.model and m.version = v.version and m.worker_id <> :worker
            and m.state = 'ready' and coalesce(m.offered, m.digest) <> excluded.digest
            and w.seen_at > now() - interval '15 seconds')
        returning id, model, version, digest, batching, max_batch_rows, batching_reason, repeatable
      ), counted as (
        select * from put
        union all
        select v.id, v.model, v.version, v.digest, v.batching, v.max_batch_rows,
               v.batching_reason, v.repeatable
        from model_version v join found f using (model, version)
        where not exists (select from put p where p.id = v.id)
      ), told as (
        insert into worker_model
          (worker_id, model, version, state, digest, offered, reason, batching, batch_rows,
           batching_reason, repeatable, agreed_rows)
        select :worker, f.model, f.version,
               case when f.offered = c.digest or f.served is not null then 'ready'
                    when f.offered is not null then 'waiting' else 'failed' end,
               case when f.offered = c.digest then f.offered else f.served end,
               f.offered, f.reason, f.batching, f.batch_rows, f.batching_reason, f.repeatable,
               case when c.batching = 'off' then 0 else c.max_batch_rows end
        from found f left join counted c using (model, version)
        on conflict (worker_id, model, version) do update
        set state = excluded.state, digest = excluded.digest, offered = excluded.offered,
            reason = excluded.reason, batching = excluded.batching,
            batch_rows = excluded.batch_rows, batching_reason = excluded.batching_reason,
            repeatable = excluded.repeatable, agreed_rows = excluded.agreed_rows,
            told_at = now()
      )
      select * from counted
      """;

  private static final String HEARTBEAT =
      """
      update worker set seen_at = now() where id = :worker
      returning not exists (
        select from worker_model m join model_version v using (model, version)
        where m.worker_id = :worker and m.state = 'ready'
          and (m.digest <> v.digest
            or m.agreed_rows <> case when v.batching = 'off' then 0 else v.max_batch_rows end))
      """;

  /** What is loaded, but of which no jobs come. It is known by its bytes in {@code offered}. */
  private static final String UNREACHED =
      """
      update worker_model m
      set state = 'failed', digest = null, reason = u.reason
      from unnest(:models::text[], :versions::integer[], :reasons::text[])
        as u(model, version, reason)
      where m.worker_id = :worker and m.model = u.model and m.version = u.version
        and m.state = 'ready'
      """;

  /** What was served, or could be, is said to be removed; what never was is forgotten. */
  private static final String REMOVE =
      """
      with gone as (
        select * from unnest(:models::text[], :versions::integer[]) as g(model, version)
      ), forgotten as (
        delete from worker_model m using gone g
        where m.worker_id = :worker and m.model = g.model and m.version = g.version
          and m.state <> 'ready' and not (m.state = 'failed' and m.offered is not null)
      )
      update worker_model m
      set state = 'removed', digest = null, offered = null, reason = null, told_at = now()
      from gone g
      where m.worker_id = :worker and m.model = g.model and m.version = g.version
        and (m.state = 'ready' or m.state = 'failed' and m.offered is not null)
      """;

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;

  Catalogue(JdbcClient jdbc, PlatformTransactionManager transactions) {
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
  }

  /**
   * A version's row.
   *
   * @param digest of the bytes that count
   * @param agreed what all live workers agree on that have them
   */
  record Entry(int id, String digest, Verdict agreed) {}

  /**
   * Notes that the worker lives.
   *
   * @return false if it has been forgotten, or serves other bytes, or batches otherwise, than
   *     counts by now: it must register again
   */
  boolean agrees(WorkerIdentity worker) {
    return jdbc.sql(HEARTBEAT)
        .param("worker", worker.id())
        .query(Boolean.class)
        .optional()
        .orElse(false);
  }

  void remove(WorkerIdentity worker) {
    jdbc.sql("delete from worker where id = :id").param("id", worker.id()).update();
  }

  /**
   * Says what the worker has found and what it no longer has, all in one commit, and forgets
   * workers that have not been seen for a day.
   *
   * @param unreached versions of which no jobs come, and why: they are not served
   * @return the rows of all versions found that are in the catalogue
   */
  Map<ModelVersion, Entry> register(
      WorkerIdentity worker,
      Collection<ManagedVersion> found,
      Collection<ModelVersion> removed,
      Map<ModelVersion, String> unreached) {
    Map<ModelVersion, Entry> counted =
        transaction.execute(_ -> {
          jdbc.sql(ONE_AT_A_TIME).query().singleRow();
          jdbc.sql("delete from worker where seen_at < now() - interval '1 day'").update();
          jdbc.sql(ADD_WORKER).param("id", worker.id()).param("name", worker.name()).update();
          remove(worker, removed);
          Map<ModelVersion, Entry> entries = register(worker, found);
          unreached(worker, unreached);
          return entries;
        });
    return counted == null ? Map.of() : counted;
  }

  private void remove(WorkerIdentity worker, Collection<ModelVersion> removed) {
    if (!removed.isEmpty()) {
      jdbc.sql(REMOVE)
          .param("worker", worker.id())
          .param("models", removed.stream().map(ModelVersion::name).toArray(String[]::new))
          .param("versions", removed.stream().map(ModelVersion::version).toArray(Integer[]::new))
          .update();
    }
  }

  private Map<ModelVersion, Entry> register(
      WorkerIdentity worker, Collection<ManagedVersion> found) {
    Map<ModelVersion, Entry> counted = new HashMap<>();
    jdbc.sql(REGISTER)
        .param("worker", worker.id())
        .param("models", texts(found, managed -> managed.version().name()))
        .param(
            "versions",
            found.stream().map(managed -> managed.version().version()).toArray(Integer[]::new))
        .param("offered", ofNewest(found, newest -> newest.onnx().digest()))
        .param("served", texts(found, Catalogue::servedDigest))
        .param("reasons", texts(found, managed -> managed.reason().orElse(null)))
        .param(
            "descriptions",
            ofNewest(found, newest -> newest.description().description().orElse(null)))
        .param(
            "inputs",
            ofNewest(found, newest -> SignatureJson.write(newest.onnx().signature().inputs())))
        .param(
            "outputs",
            ofNewest(found, newest -> SignatureJson.write(newest.onnx().signature().outputs())))
        .param("labels", ofNewest(found, Catalogue::labels))
        .param(
            "examples", ofNewest(found, newest -> newest.description().exampleJson().orElse(null)))
        .param("cacheSeconds", numbers(found, Catalogue::cacheSeconds))
        .param("batching", ofNewest(found, it -> it.verdict().batching().mode().text()))
        .param("batchRows", numbers(found, it -> it.verdict().batching().maxRows()))
        .param(
            "batchingReasons", ofNewest(found, it -> it.verdict().batching().reason().orElse(null)))
        .param(
            "repeatable",
            found.stream()
                .map(managed -> managed.newest().map(it -> it.verdict().repeatable()).orElse(null))
                .toArray(Boolean[]::new))
        .query(row -> {
          counted.put(
              new ModelVersion(row.getString("model"), row.getInt("version")),
              new Entry(
                  row.getInt("id"),
                  row.getString("digest"),
                  StoredVerdicts.read(row, "max_batch_rows")));
        });
    return counted;
  }

  private void unreached(WorkerIdentity worker, Map<ModelVersion, String> reasons) {
    if (!reasons.isEmpty()) {
      List<ModelVersion> versions = List.copyOf(reasons.keySet());
      jdbc.sql(UNREACHED)
          .param("worker", worker.id())
          .param("models", versions.stream().map(ModelVersion::name).toArray(String[]::new))
          .param("versions", versions.stream().map(ModelVersion::version).toArray(Integer[]::new))
          .param("reasons", versions.stream().map(reasons::get).toArray(String[]::new))
          .update();
    }
  }

  private static @Nullable String servedDigest(ManagedVersion managed) {
    return managed.served().map(ServedModel::digest).orElse(null);
  }

  private static @Nullable Integer cacheSeconds(LoadedModel model) {
    return model.cacheTtl().map(ttl -> Math.toIntExact(ttl.toSeconds())).orElse(null);
  }

  private static @Nullable Integer[] numbers(
      Collection<ManagedVersion> found, Function<LoadedModel, @Nullable Integer> value) {
    return found.stream()
        .map(managed -> managed.newest().map(value).orElse(null))
        .toArray(Integer[]::new);
  }

  private static @Nullable String labels(LoadedModel model) {
    List<String> labels = model.description().labels();
    return labels.isEmpty() ? null : JSON.writeValueAsString(labels);
  }

  private static @Nullable String[] ofNewest(
      Collection<ManagedVersion> found, Function<LoadedModel, @Nullable String> value) {
    return texts(found, managed -> managed.newest().map(value).orElse(null));
  }

  private static @Nullable String[] texts(
      Collection<ManagedVersion> found, Function<ManagedVersion, @Nullable String> value) {
    return found.stream().map(value).toArray(String[]::new);
  }
}
