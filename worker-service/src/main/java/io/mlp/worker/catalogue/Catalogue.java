package io.mlp.worker.catalogue;

import io.mlp.model.SignatureJson;
import io.mlp.worker.job.WorkerIdentity;
import io.mlp.worker.repository.FailedModel;
import io.mlp.worker.repository.LoadedModel;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** The tables in which workers tell what they serve. */
@Component
class Catalogue {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final JdbcClient jdbc;

  Catalogue(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A version's row.
   *
   * @param digest of the bytes that count
   */
  record Entry(int id, String digest) {}

  /** Adds the worker and forgets those that have not been seen for a day. */
  void add(WorkerIdentity worker) {
    jdbc.sql("delete from worker where seen_at < now() - interval '1 day'").update();
    jdbc.sql(
            """
            insert into worker (id, name) values (:id, :name)
            on conflict (id) do update set seen_at = now()
            """)
        .param("id", worker.id())
        .param("name", worker.name())
        .update();
  }

  /** Notes that the worker lives, unless it has been forgotten. */
  boolean seen(WorkerIdentity worker) {
    return jdbc.sql("update worker set seen_at = now() where id = :id")
            .param("id", worker.id())
            .update()
        == 1;
  }

  void remove(WorkerIdentity worker) {
    jdbc.sql("delete from worker where id = :id").param("id", worker.id()).update();
  }

  /**
   * Registers a version. Other bytes replace those that are registered only if no other live worker
   * serves these; the answer tells which count.
   */
  Entry put(WorkerIdentity worker, LoadedModel model) {
    List<String> labels = model.description().labels();
    return jdbc.sql(
            """
            with put as (
              insert into model_version as v
                (model, version, digest, description, inputs, outputs, labels, example,
                 max_batch_rows)
              values (:model, :version, :digest, :description, :inputs::jsonb, :outputs::jsonb,
                      :labels::jsonb, :example::jsonb, :maxBatchRows)
              on conflict (model, version) do update
              set digest = excluded.digest, description = excluded.description,
                  inputs = excluded.inputs, outputs = excluded.outputs,
                  labels = excluded.labels, example = excluded.example,
                  max_batch_rows = excluded.max_batch_rows
              where v.digest = excluded.digest or not exists (
                select from worker_model m join worker w on w.id = m.worker_id
                where m.model = v.model and m.version = v.version and m.digest = v.digest
                  and m.state = 'ready' and w.id <> :worker
                  and w.seen_at > now() - interval '15 seconds')
              returning id, digest
            )
            select id, digest from put
            union all
            select id, digest from model_version
            where model = :model and version = :version and not exists (select from put)
            """)
        .param("worker", worker.id())
        .param("model", model.name())
        .param("version", model.version())
        .param("digest", model.onnx().digest())
        .param("description", model.description().description().orElse(null))
        .param("inputs", SignatureJson.write(model.onnx().signature().inputs()))
        .param("outputs", SignatureJson.write(model.onnx().signature().outputs()))
        .param("labels", labels.isEmpty() ? null : JSON.writeValueAsString(labels))
        .param("example", model.description().exampleJson().orElse(null))
        .param("maxBatchRows", model.maxBatchRows())
        .query((row, _) -> new Entry(row.getInt("id"), row.getString("digest")))
        .single();
  }

  void ready(WorkerIdentity worker, LoadedModel model) {
    sighting(worker, model.name(), model.version(), "ready", model.onnx().digest(), null);
  }

  void refused(WorkerIdentity worker, FailedModel model) {
    sighting(worker, model.name(), model.version(), "failed", null, model.reason());
  }

  private void sighting(
      WorkerIdentity worker,
      String model,
      int version,
      String state,
      @Nullable String digest,
      @Nullable String reason) {
    jdbc.sql(
            """
            insert into worker_model (worker_id, model, version, state, digest, reason)
            values (:worker, :model, :version, :state, :digest, :reason)
            on conflict (worker_id, model, version) do update
            set state = excluded.state, digest = excluded.digest, reason = excluded.reason
            """)
        .param("worker", worker.id())
        .param("model", model)
        .param("version", version)
        .param("state", state)
        .param("digest", digest)
        .param("reason", reason)
        .update();
  }
}
