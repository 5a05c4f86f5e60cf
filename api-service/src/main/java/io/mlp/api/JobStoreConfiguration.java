package io.mlp.api;

import io.mlp.job.store.Backlog;
import io.mlp.job.store.JobUpkeep;
import io.mlp.job.store.MovedJobs;
import io.mlp.job.store.OrphanedJobs;
import io.mlp.job.store.QueueStatistics;
import io.mlp.job.store.StoredJobs;
import io.mlp.job.store.WaitingJobs;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** The statements on jobs, through the api's one pool of connections. */
@Configuration(proxyBeanMethods = false)
class JobStoreConfiguration {
  @Bean
  StoredJobs storedJobs(JdbcClient jdbc) {
    return new StoredJobs(jdbc);
  }

  @Bean
  WaitingJobs waitingJobs(JdbcClient jdbc) {
    return new WaitingJobs(jdbc);
  }

  @Bean
  Backlog backlog(JdbcClient jdbc) {
    return new Backlog(jdbc);
  }

  @Bean
  OrphanedJobs orphanedJobs(JdbcClient jdbc) {
    return new OrphanedJobs(jdbc);
  }

  @Bean
  JobUpkeep jobUpkeep(JdbcClient jdbc, TransactionTemplate transaction, MovedJobs moved) {
    return new JobUpkeep(jdbc, transaction, moved);
  }

  @Bean
  QueueStatistics queueStatistics(JdbcClient jdbc) {
    return new QueueStatistics(jdbc);
  }
}
