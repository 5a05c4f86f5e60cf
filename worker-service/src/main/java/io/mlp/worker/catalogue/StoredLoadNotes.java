package io.mlp.worker.catalogue;

import io.mlp.worker.job.WorkerIdentity;
import io.mlp.worker.repository.ModelVersion;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Keeps them in PostgreSQL: a container's file system may be read-only, or gone with it. */
@Component
class StoredLoadNotes implements LoadNotes {
  /** One that has been seen since this process started is none that it has replaced. */
  private static final String OF_OTHERS =
      """
      select n.model, n.version, n.files, n.alone, n.host, n.pid, n.boot,
             coalesce(w.seen_at < now() - interval '15 seconds', true) as silent,
             coalesce(w.seen_at > now() - make_interval(secs => :uptime), false) as seen_since
      from model_load n left join worker w on w.id = n.worker_id
      where n.worker_id <> :worker
      """;

  /**
   * A suspect ran alone in a process that died: that may be what it died of. Suspects come to an
   * end, and then the load is judged by its own.
   */
  private static final String PARDON =
      """
      update model_load n set alone = false
      where n.alone and n.worker_id <> :worker
        and exists (select from live l where l.worker_id = n.worker_id and l.isolated)
      """;

  private static final String BEGIN =
      """
      insert into model_load (worker_id, model, version, files, alone, host, pid, boot)
      values (:worker, :model, :version, :files, :alone, :host, :pid, :boot)
      on conflict (worker_id, model, version) do update
      set files = excluded.files, alone = excluded.alone, noted_at = now()
      """;

  private static final String END =
      """
      delete from model_load
      where model = :model and version = :version and files = :files
        and (worker_id = :worker or :acquitted)
        or noted_at < now() - interval '30 days'
      """;

  private static final String KEEP =
      """
      update model_load set noted_at = now()
      where model = :model and version = :version and files = :files
      """;

  private final JdbcClient jdbc;
  private final WorkerIdentity worker;
  private final ThisProcess process;

  @Autowired
  StoredLoadNotes(JdbcClient jdbc, WorkerIdentity worker) {
    this(jdbc, worker, ThisProcess.here());
  }

  StoredLoadNotes(JdbcClient jdbc, WorkerIdentity worker, ThisProcess process) {
    this.jdbc = jdbc;
    this.worker = worker;
    this.process = process;
  }

  /**
   * What another process noted.
   *
   * @param silent its heart has not beaten for a while
   * @param seenSince it has since this process was started, so this one has not replaced it
   */
  private record Note(
      Files files, Suspicion suspicion, ThisProcess process, boolean silent, boolean seenSince) {}

  @Override
  public Map<Files, Suspicion> suspicions() {
    jdbc.sql(PARDON).param("worker", worker.id()).update();
    Map<Files, Suspicion> suspicions = new HashMap<>();
    for (Note note : ofOthers()) {
      if (died(note)) {
        suspicions.merge(
            note.files, note.suspicion, (one, other) -> one.compareTo(other) > 0 ? one : other);
      }
    }
    return suspicions;
  }

  private List<Note> ofOthers() {
    return jdbc.sql(OF_OTHERS)
        .param("worker", worker.id())
        .param("uptime", ThisProcess.uptimeSeconds())
        .query((row, _) ->
            new Note(
                new Files(
                    new ModelVersion(row.getString("model"), row.getInt("version")),
                    row.getString("files")),
                row.getBoolean("alone") ? Suspicion.CONDEMNED : Suspicion.SUSPECT,
                new ThisProcess(row.getString("host"), row.getLong("pid"), row.getString("boot")),
                row.getBoolean("silent"),
                row.getBoolean("seen_since")))
        .list();
  }

  /** Of what it was loading, as far as anybody can tell: not with its machine. */
  private boolean died(Note note) {
    return !process.isRebootSince(note.process)
        && (note.silent || (process.knowsDead(note.process) && !note.seenSince));
  }

  @Override
  public void begins(Files files, boolean alone) {
    of(BEGIN, files)
        .param("worker", worker.id())
        .param("alone", alone)
        .param("host", process.host())
        .param("pid", process.pid())
        .param("boot", process.boot())
        .update();
  }

  @Override
  public void ended(Files files, boolean acquitted) {
    of(END, files).param("worker", worker.id()).param("acquitted", acquitted).update();
  }

  @Override
  public void stops() {
    jdbc.sql("delete from model_load where worker_id = :worker")
        .param("worker", worker.id())
        .update();
  }

  @Override
  public void skipped(Files files) {
    of(KEEP, files).update();
  }

  private JdbcClient.StatementSpec of(String sql, Files files) {
    return jdbc.sql(sql)
        .param("model", files.version().name())
        .param("version", files.version().version())
        .param("files", files.digest());
  }
}
