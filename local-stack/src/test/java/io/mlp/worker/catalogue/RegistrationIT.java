package io.mlp.worker.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mlp.flow.Database;
import io.mlp.flow.Models;
import io.mlp.flow.SharedStack;
import io.mlp.worker.job.HandWorker;
import io.mlp.worker.job.WorkerIdentity;
import io.mlp.worker.repository.ModelVersion;
import io.mlp.worker.repository.RunLimit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.support.JdbcTransactionManager;

/** What several workers say of one version, and which of them may serve it. */
@ExtendWith(SharedStack.class)
class RegistrationIT {
  private static final Path FIRST = Models.shipped("iris", 1);
  private static final Path OTHER = Models.shipped("iris", 2);

  private final String model = "model-" + UUID.randomUUID();
  private final Database database;
  private final List<Worker> workers = new ArrayList<>();

  RegistrationIT(Database database) {
    this.database = database;
  }

  /** A worker of this test, which looks when it is told to. */
  private final class Worker {
    private final Models models = new Models();
    private final WorkerIdentity identity = HandWorker.newIdentity();
    private final Registration registration;

    Worker(Path shipped) {
      models.put(model, 1, shipped);
      ModelSettings settings =
          new ModelSettings(
              models.directory(), List.of("*"), Duration.ofSeconds(5), 1, Duration.ofSeconds(3));
      JdbcTransactionManager transactions = new JdbcTransactionManager(database.dataSource());
      registration =
          new Registration(
              new Catalogue(database.sql(), transactions),
              new StoredVerdicts(database.sql()),
              new StoredLoadNotes(database.sql(), identity),
              identity,
              settings,
              new RunLimit(Duration.ofMinutes(5)));
      workers.add(this);
    }

    /** A version is loaded at the second look. */
    List<String> look() {
      lookOnce();
      lookOnce();
      return registration.refresh().stream().map(ServedModel::digest).toList();
    }

    private void lookOnce() {
      registration.look();
      await()
          .until(() -> {
            registration.refresh();
            return registration.settled();
          });
    }

    void put(Path shipped) {
      models.put(model, 1, shipped);
    }

    void describe(String yaml) {
      models.describe(model, yaml);
    }

    ServedModel served() {
      look();
      return registration.refresh().getFirst();
    }

    int agreedRows() {
      return database
          .sql()
          .sql("select agreed_rows from worker_model where worker_id = :id")
          .param("id", identity.id())
          .query(Integer.class)
          .single();
    }

    void stop() {
      registration.destroy();
    }

    /** For longer than others wait for a sign of life. */
    void hang() {
      database
          .sql()
          .sql("update worker set seen_at = now() - interval '1 minute' where id = :id")
          .param("id", identity.id())
          .update();
    }

    String row() {
      return row(model);
    }

    String row(String of) {
      return database
          .sql()
          .sql(
              """
              select concat_ws(' ', state, left(digest, 4), left(offered, 4), reason)
              from worker_model where worker_id = :id and model = :model
              """)
          .param("id", identity.id())
          .param("model", of)
          .query(String.class)
          .optional()
          .orElse("none");
    }
  }

  @AfterEach
  void stopWorkers() {
    for (Worker worker : workers) {
      worker.stop();
      worker.models.close();
    }
  }

  private String registered() {
    return database
        .sql()
        .sql("select digest from model_version where model = :model")
        .param("model", model)
        .query(String.class)
        .single();
  }

  @Test
  void theFirstRegisteredBytesCount_andOthersWait() {
    Worker first = new Worker(FIRST);
    Worker other = new Worker(OTHER);

    List<String> served = first.look();

    assertThat(served).containsExactly(registered());
    assertThat(other.look()).isEmpty();
    assertThat(registered()).isEqualTo(served.getFirst());
    assertThat(first.row()).startsWith("ready ");
    assertThat(other.row()).startsWith("waiting ");
  }

  /** Its queue is refused, say. */
  @Test
  void whomNoJobsReachServesNothing_andSaysWhy() {
    Worker worker = new Worker(FIRST);
    worker.look();

    worker.registration.unreached(Map.of(new ModelVersion(model, 1), "no way"));
    assertThat(worker.row()).matches("failed [0-9a-f]{4} no way");
    worker.look();
    assertThat(worker.row()).as("also after it registers again").startsWith("failed ");

    worker.registration.unreached(Map.of());
    assertThat(worker.row()).startsWith("ready ");
  }

  /** So that what waits for it does not wait for ever. */
  @Test
  void whatNoJobsReachedIsSaidToBeRemoved_whenItIsGone() {
    Worker worker = new Worker(FIRST);
    worker.look();
    worker.registration.unreached(Map.of(new ModelVersion(model, 1), "no way"));

    worker.models.remove(model, 1);
    worker.look();

    assertThat(worker.row()).startsWith("removed");
  }

  @Test
  void whoWaitsTakesOverAtItsNextLook_whenTheOthersHaveLeft() {
    Worker first = new Worker(FIRST);
    Worker other = new Worker(OTHER);
    first.look();
    other.look();

    first.stop();

    assertThat(other.look()).containsExactly(registered());
    assertThat(other.row()).startsWith("ready ");
  }

  @Test
  void whoWaitsTakesOver_whenTheOthersAreSilent_andTheseServeNoMoreWhenTheyComeBack() {
    Worker first = new Worker(FIRST);
    Worker other = new Worker(OTHER);
    first.look();
    other.look();

    first.hang();

    assertThat(other.look()).containsExactly(registered());
    first.registration.heartbeat();
    assertThat(first.look()).isEmpty();
    assertThat(first.row()).startsWith("waiting ");
  }

  /** Everybody sees the new file, one after another; the old one is served until all have it. */
  @Test
  void theLastToLoadOtherBytesSwitchesForAll_andNobodyIsWithoutMeanwhile() {
    Worker one = new Worker(FIRST);
    Worker two = new Worker(FIRST);
    String before = one.look().getFirst();
    two.look();

    one.put(OTHER);
    assertThat(one.look()).containsExactly(before);
    assertThat(registered()).isEqualTo(before);
    two.put(OTHER);
    List<String> after = two.look();

    assertThat(after).containsExactly(registered()).doesNotContain(before);
    assertThat(one.look()).isEqualTo(after);
    assertThat(List.of(one.row(), two.row())).allMatch(row -> row.startsWith("ready "));
  }

  @Test
  void whoServesHasSaidSo_whenItIsRemoved_andWhoDidNotIsForgotten() {
    Worker first = new Worker(FIRST);
    Worker other = new Worker(OTHER);
    first.look();
    other.look();

    other.models.remove(model, 1);
    other.look();
    first.models.remove(model, 1);
    first.look();

    assertThat(other.row()).isEqualTo("none");
    assertThat(first.row()).isEqualTo("removed");
  }

  /** For a moment there is none while a directory is moved or copied over. */
  @Test
  void oneLookThatMissesAVersionDoesNotRemoveIt() {
    Worker worker = new Worker(FIRST);
    List<String> before = worker.look();

    worker.models.remove(model, 1);
    worker.registration.look();
    worker.put(FIRST);

    assertThat(worker.look()).isEqualTo(before);
    assertThat(worker.row()).startsWith("ready ");
  }

  @Test
  void aBrokenFileIsTold_whileTheFormerBytesAreServed() {
    Worker worker = new Worker(FIRST);
    List<String> before = worker.look();

    worker.models.write(worker.models.file(model, 1), new byte[0]);

    assertThat(worker.look()).isEqualTo(before);
    assertThat(worker.row()).startsWith("ready ").endsWith("model.onnx: the file is empty");
  }

  @Test
  void aWorkerThatTheDatabaseForgotRegistersAgain() {
    Worker worker = new Worker(FIRST);
    worker.look();
    database
        .sql()
        .sql("delete from worker where id = :id")
        .param("id", worker.identity.id())
        .update();

    worker.registration.heartbeat();
    worker.look();

    assertThat(worker.row()).startsWith("ready ");
  }

  @Test
  void manyVersionsAreRegisteredByOneStatement() {
    Worker worker = new Worker(FIRST);
    for (int version = 2; version <= 20; version++) {
      worker.models.put(model, version, FIRST);
    }

    assertThat(worker.look()).hasSize(20);
    assertThat(database.count("worker_model where worker_id = ?", worker.identity.id()))
        .isEqualTo(20);
  }

  /** A text that PostgreSQL does not take stands for all that is found out only there. */
  @Test
  void whatCannotBeRegisteredFailsAlone() {
    database
        .sql()
        .sql(
            """
            alter table model_version add constraint no_such_description
            check (description <> 'refused') not valid
            """)
        .update();
    Worker worker = new Worker(FIRST);
    String other = "other-" + UUID.randomUUID();
    worker.models.put(other, 1, OTHER);
    worker.describe("description: refused");

    assertThat(worker.look()).hasSize(1);

    assertThat(worker.row(other)).startsWith("ready ");
    assertThat(worker.row(model))
        .startsWith("failed " + model + "/1: the catalogue does not take it: ERROR: ")
        .contains("no_such_description");
    database.sql().sql("alter table model_version drop constraint no_such_description").update();
  }

  @Test
  void nothingIsLoadedWithoutANoteOfIt_andNoneIsLeft() {
    Worker worker = new Worker(FIRST);

    assertThat(worker.look()).hasSize(1);

    await()
        .until(() -> {
          worker.registration.refresh();
          return database.count("model_load") == 0;
        });
  }

  /** One of them has found out, or was told, what another one has not. */
  @Test
  void rowsShareRunsOnlyWhereAllWorkersAgree() {
    Worker first = new Worker(FIRST);
    ServedModel served = first.served();
    assertThat(batching()).isEqualTo("tested 64");

    Worker other = new Worker(FIRST);
    other.describe("batching: false");
    other.look();

    assertThat(batching()).isEqualTo("off 1 model.yaml says so");
    assertThat(served.model().batching().on()).isTrue();
    first.registration.heartbeat();
    first.look();
    assertThat(served.model().batching().on()).isFalse();
    assertThat(served.model().batching().reason().orElse("")).endsWith("model.yaml says so");
    first.registration.heartbeat();
    assertThat(first.agreedRows()).as("and nobody registers again and again").isZero();
  }

  @Test
  void theFewestRowsOfAllWorkersCount() {
    Worker first = new Worker(FIRST);
    first.look();
    Worker other = new Worker(FIRST);
    other.describe("batching: {max_batch_size: 8}");
    other.look();

    assertThat(batching()).isEqualTo("tested 8");
  }

  /** A start need not try again what was tried before on such a machine. */
  @Test
  void aVerdictIsKept_andAnotherTrialReplacesIt() {
    new Worker(FIRST).look();
    List<@Nullable String> before = verdict();

    new Worker(FIRST).look();
    assertThat(verdict()).as("not tried again").isEqualTo(before);

    Worker other = new Worker(FIRST);
    other.describe("batching: {max_batch_size: 8}");
    other.look();
    assertThat(verdict()).hasSize(before.size()).isNotEqualTo(before);
  }

  private String batching() {
    return database
        .sql()
        .sql(
            """
            select concat_ws(' ', batching, max_batch_rows,
              regexp_replace(batching_reason, '^.*: ', ''))
            from model_version where model = :model
            """)
        .param("model", model)
        .query(String.class)
        .single();
  }

  private List<@Nullable String> verdict() {
    return database
        .sql()
        .sql("select trial || tried_at from batching_verdict where digest = :digest")
        .param("digest", registered())
        .query(String.class)
        .list();
  }
}
