package io.mlp.worker.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.flow.Database;
import io.mlp.flow.SharedStack;
import io.mlp.worker.catalogue.LoadNotes.Files;
import io.mlp.worker.catalogue.LoadNotes.Suspicion;
import io.mlp.worker.job.HandWorker;
import io.mlp.worker.job.WorkerIdentity;
import io.mlp.worker.repository.ModelVersion;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Which notes of other processes tell of a death. */
@ExtendWith(SharedStack.class)
class StoredLoadNotesIT {
  /** Of no process: more than any system counts to. */
  private static final long NO_PID = 1L << 40;

  private static final ThisProcess HERE = ThisProcess.here();
  private static final Files FILES = new Files(new ModelVersion("iris", 1), "f00d");

  private final Database database;
  private final LoadNotes mine;

  StoredLoadNotesIT(Database database) {
    this.database = database;
    this.mine = notes(HandWorker.newIdentity(), HERE);
  }

  @BeforeEach
  void empty() {
    database.sql().sql("delete from model_load").update();
    database.sql().sql("delete from worker").update();
  }

  private LoadNotes notes(WorkerIdentity worker, ThisProcess process) {
    return new StoredLoadNotes(database.sql(), worker, process);
  }

  /** A process that noted a load and whose heart has last beaten so many seconds ago. */
  private LoadNotes other(ThisProcess process, boolean alone, int seconds) {
    WorkerIdentity worker = HandWorker.newIdentity();
    database
        .sql()
        .sql(
            """
            insert into worker (id, name, seen_at)
            values (:id, 'other', now() - make_interval(secs => :seconds))
            """)
        .param("id", worker.id())
        .param("seconds", seconds)
        .update();
    LoadNotes notes = notes(worker, process);
    notes.begins(FILES, alone);
    return notes;
  }

  /** Older than this process, younger than silence. */
  private static int beforeThisProcess() {
    return (int) ThisProcess.uptimeSeconds() + 1;
  }

  private static ThisProcess at(String host, long pid, String boot) {
    return new ThisProcess(host, pid, boot);
  }

  @Test
  void anotherProcessThatLivesIsNoDeath() {
    other(at("elsewhere", 1, ""), false, 0);
    other(
        at(HERE.host(), ProcessHandle.current().parent().orElseThrow().pid(), HERE.boot()),
        true,
        0);

    assertThat(mine.suspicions()).isEmpty();
  }

  @Test
  void aSilentWorkerIsDead_andSoIsOneThatIsForgotten() {
    other(at("elsewhere", 1, ""), false, 16);
    assertThat(mine.suspicions()).containsOnly(entry(Suspicion.SUSPECT));

    database.sql().sql("delete from worker").update();
    assertThat(mine.suspicions()).containsOnly(entry(Suspicion.SUSPECT));
  }

  @Test
  void aProcessOfThisHostIsDead_whenThereIsNoneOfItsNumber_howeverShortlyItsHeartHasBeaten() {
    other(at(HERE.host(), NO_PID, HERE.boot()), true, beforeThisProcess());

    assertThat(mine.suspicions()).containsOnly(entry(Suspicion.CONDEMNED));
  }

  /** A container that is started again: its process is number 1 every time. */
  @Test
  void aProcessOfThisHostWithThisNumberIsDead_unlessItHasBeenSeenSince() {
    LoadNotes seen = other(HERE, false, 0);
    assertThat(mine.suspicions()).isEmpty();
    seen.stops();

    other(HERE, false, beforeThisProcess());
    assertThat(mine.suspicions()).containsOnly(entry(Suspicion.SUSPECT));
  }

  @Test
  void whatDiedWithTheMachineIsNoFaultOfWhatItLoaded() {
    other(at(HERE.host(), NO_PID, UUID.randomUUID().toString()), true, 60);

    assertThat(mine.suspicions()).isEmpty();
  }

  /** Either of the two may be what the process died of, and the job comes to an end. */
  @Test
  void aLoadBesideAJobThatRanAloneIsNotCondemned() {
    other(at("elsewhere", 1, ""), true, 60);
    database
        .sql()
        .sql(
            """
            insert into live (job_id, model_version_id, priority, owner, max_attempts,
                              ready_at, isolated, worker_id)
            select gen_random_uuid(), 1, 0, 'o', 3, now(), true, worker_id from model_load
            """)
        .update();

    assertThat(mine.suspicions()).containsOnly(entry(Suspicion.SUSPECT));

    database.sql().sql("delete from live").update();
    assertThat(mine.suspicions()).as("also later").containsOnly(entry(Suspicion.SUSPECT));
  }

  @Test
  void theGraverSuspicionCounts_untilALoadSucceeds() {
    other(at("elsewhere", 1, ""), true, 60);
    other(at("elsewhere", 2, ""), false, 60);
    assertThat(mine.suspicions()).containsOnly(entry(Suspicion.CONDEMNED));

    mine.begins(FILES, true);
    mine.ended(FILES, false);
    assertThat(mine.suspicions()).as("refused").isNotEmpty();

    mine.begins(FILES, true);
    mine.ended(FILES, true);
    assertThat(database.count("model_load")).isZero();
  }

  @Test
  void otherFilesOfTheVersionAreNotSuspected() {
    other(at("elsewhere", 1, ""), false, 60);

    assertThat(mine.suspicions()).doesNotContainKey(new Files(FILES.version(), "beef"));
  }

  @Test
  void oldNotesAreForgotten_butForThoseByWhichFilesAreSkipped() {
    other(at("elsewhere", 1, ""), true, 60);
    database.sql().sql("update model_load set noted_at = now() - interval '31 days'").update();
    mine.skipped(FILES);
    Files others = new Files(new ModelVersion("digits", 1), "beef");
    mine.ended(others, false);
    assertThat(mine.suspicions()).hasSize(1);

    database.sql().sql("update model_load set noted_at = now() - interval '31 days'").update();
    mine.ended(others, false);
    assertThat(database.count("model_load")).isZero();
  }

  private static Map.Entry<Files, Suspicion> entry(Suspicion suspicion) {
    return Map.entry(FILES, suspicion);
  }
}
