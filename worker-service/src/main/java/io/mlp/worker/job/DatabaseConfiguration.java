package io.mlp.worker.job;

import com.zaxxer.hikari.HikariDataSource;
import io.mlp.job.store.JobEndings;
import io.mlp.job.store.JobLeases;
import io.mlp.job.store.Pooler;
import io.mlp.job.store.ReadOnlyEviction;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Three small pools, by what a commit must promise. A record must be durable before its ticket is
 * acknowledged. A claim need not be: if a crash of PostgreSQL forgets it, the job is claimed again.
 * Renewals have a connection of their own, so that no long statement lets a lease run out. Only the
 * records' pool is injected without a qualifier.
 */
@Configuration(proxyBeanMethods = false)
class DatabaseConfiguration {
  /** Hot statements keep one plan, by index, whatever the statistics say: docs/decisions/0005. */
  private static final String STABLE_PLANS =
      "-c enable_seqscan=off -c jit=off -c plan_cache_mode=force_generic_plan";

  /**
   * PostgreSQL ends a statement before the socket's timeout gives its connection up: behind a lock
   * it would wait on, with its session, and claim jobs for nobody.
   */
  private static final String ENDED_IN_TIME = STABLE_PLANS + " -c statement_timeout=9s";

  private static final String ASYNCHRONOUS = ENDED_IN_TIME + " -c synchronous_commit=off";

  @Bean
  WorkerIdentity workerIdentity() {
    return WorkerIdentity.create();
  }

  @Bean
  HikariDataSource recordsDataSource(DataSourceProperties properties) {
    HikariDataSource pool = pool(properties, "records", 2, ENDED_IN_TIME);
    Pooler.complaint(pool)
        .ifPresent(reason -> {
          throw new InvalidConfigurationPropertyValueException(
              "spring.datasource.url", pool.getJdbcUrl(), reason);
        });
    return pool;
  }

  @Bean(defaultCandidate = false)
  HikariDataSource claimsDataSource(DataSourceProperties properties) {
    return pool(properties, "claims", 2, ASYNCHRONOUS);
  }

  @Bean(defaultCandidate = false)
  HikariDataSource renewalsDataSource(DataSourceProperties properties) {
    return pool(properties, "renewals", 1, ASYNCHRONOUS);
  }

  private static HikariDataSource pool(
      DataSourceProperties properties, String name, int size, String options) {
    HikariDataSource pool =
        properties.initializeDataSourceBuilder().type(HikariDataSource.class).build();
    pool.setPoolName(name);
    pool.setMaximumPoolSize(size);
    pool.setConnectionTimeout(5000);
    pool.setExceptionOverrideClassName(ReadOnlyEviction.class.getName());
    pool.addDataSourceProperty("ApplicationName", "mlp-worker-" + name);
    pool.addDataSourceProperty("connectTimeout", "5");
    pool.addDataSourceProperty("socketTimeout", "10");
    pool.addDataSourceProperty("tcpKeepAlive", "true");
    // The failing row, with its tensors, is no matter for a log.
    pool.addDataSourceProperty("logServerErrorDetail", "false");
    pool.addDataSourceProperty("options", options);
    return pool;
  }

  @Bean
  JobEndings endings(HikariDataSource recordsDataSource) {
    return new JobEndings(JdbcClient.create(recordsDataSource));
  }

  @Bean
  JobLeases claims(@Qualifier("claimsDataSource") HikariDataSource pool) {
    return new JobLeases(JdbcClient.create(pool));
  }

  @Bean
  JobLeases renewals(@Qualifier("renewalsDataSource") HikariDataSource pool) {
    return new JobLeases(JdbcClient.create(pool));
  }
}
