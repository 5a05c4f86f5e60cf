package io.mlp.api.retirement;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.api.metrics.CountedJobs;
import io.mlp.api.model.FakeRegistry;
import io.mlp.api.model.ModelCatalogue;
import io.mlp.api.queue.CountedQueues;
import io.mlp.job.store.OrphanedJobs;
import io.mlp.model.ModelSignature;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** How often it looks at all jobs: each look walks the whole table. */
class ReassignmentPaceTest {
  /** What {@link FakeRegistry} calls the first. */
  private static final int RETIRED = 1;

  private final ModelCatalogue catalogue =
      new FakeRegistry()
          .version("digits", 1, new ModelSignature(List.of(), List.of()))
          .retired("digits", 1)
          .catalogue();
  private final CountedQueues counted = new CountedQueues();
  private final Orphans orphans = new Orphans();
  private final Reassignment reassignment =
      new Reassignment(
          catalogue,
          orphans,
          counted.queues(),
          counted.dispatching().tickets(),
          new CountedJobs(catalogue).counters());

  private static final class Orphans extends OrphanedJobs {
    int waiting;
    int walks;

    Orphans() {
      super(JdbcClient.create(new JdbcTemplate()));
    }

    @Override
    public int decide(int version, Decision decision) {
      walks++;
      int moved = waiting;
      waiting = 0;
      return moved;
    }
  }

  @AfterEach
  void close() {
    counted.close();
  }

  @Test
  void looksUntilNothingIsLeft_andThenNotBeforeTheNextCount() {
    orphans.waiting = 500;
    counted.count(RETIRED, 500);

    for (int i = 0; i < 10; i++) {
      reassignment.run();
    }
    assertThat(orphans.walks).as("the second found nothing").isEqualTo(2);

    counted.count(RETIRED, 1);
    reassignment.run();
    reassignment.run();
    assertThat(orphans.walks).isEqualTo(3);
  }

  @Test
  void looksNotAtAll_whereNoJobWaits() {
    counted.count(RETIRED, 0);
    reassignment.run();
    assertThat(orphans.walks).isZero();
  }
}
