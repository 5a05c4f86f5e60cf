package io.mlp.worker.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.flow.Database;
import io.mlp.flow.SharedStack;
import io.mlp.job.JobContent;
import io.mlp.job.JobOptions;
import io.mlp.job.WaitingJob;
import io.mlp.job.store.ClaimedJob;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Which connections the worker's statements go through, as PostgreSQL sees them. */
@ExtendWith(SharedStack.class)
class WorkerPoolsIT {
  private static final ClaimedJob JOB =
      new ClaimedJob(
          UUID.randomUUID(),
          "vision",
          1,
          1,
          1,
          false,
          4,
          Instant.EPOCH,
          Instant.EPOCH,
          null,
          new JobContent(List.of(), JobOptions.NONE));

  private final Database database;

  WorkerPoolsIT(Database database) {
    this.database = database;
  }

  @Configuration(proxyBeanMethods = false)
  @EnableConfigurationProperties({DataSourceProperties.class, JobSettings.class})
  @Import({DatabaseConfiguration.class, WorkerJobs.class, LeaseKeeper.class})
  static class Jobs {}

  @Test
  void eachMoveHasThePoolThatSuitsIt() {
    new ApplicationContextRunner()
        .withUserConfiguration(Jobs.class)
        .withPropertyValues(
            "spring.datasource.url=" + database.url(),
            "spring.datasource.username=mlp",
            "spring.datasource.password=mlp",
            "worker.jobs.lease=10m")
        .run(context -> {
          WorkerJobs jobs = context.getBean(WorkerJobs.class);
          LeaseKeeper leases = context.getBean(LeaseKeeper.class);
          assertThat(jobs.claim(List.of(new WaitingJob(JOB.id(), 0, 0, null)), false)).isEmpty();
          assertThat(jobs.record(List.of(HandWorker.success(JOB)), "d".repeat(64))).isEmpty();
          leases.hold(List.of(JOB));
          leases.renew();
          assertThat(lastQuery("claims")).contains("claimed_at = now()");
          assertThat(lastQuery("records")).contains("delete from live");
          assertThat(lastQuery("renewals")).contains("set lease_until = now()");
          assertThat(jobs.release(List.of(JOB))).isZero();
          assertThat(lastQuery("claims")).contains("set lease_until = null");
        });
  }

  /** Of the pool's connection that was used last. */
  private String lastQuery(String pool) {
    return database
        .sql()
        .sql(
            """
            select query from pg_stat_activity
            where datname = current_database() and application_name = 'mlp-worker-' || ?
            order by query_start desc nulls last limit 1
            """)
        .param(pool)
        .query(String.class)
        .single();
  }
}
