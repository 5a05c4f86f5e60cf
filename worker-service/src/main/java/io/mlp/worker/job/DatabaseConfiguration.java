package io.mlp.worker.job;

import com.zaxxer.hikari.HikariDataSource;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Three small pools, by what a commit must promise. A record must be durable before its ticket is
 * acknowledged. A claim need not be: if a crash of PostgreSQL forgets it, the job is claimed again.
 * Renewals have a connection of their own, so that no long statement lets a lease run out.
 */
@Configuration(proxyBeanMethods = false)
class DatabaseConfiguration {
  /** Hot statements find rows by index whatever the statistics say: docs/decisions/0005. */
  private static final String NO_SEQUENTIAL_SCANS = "-c enable_seqscan=off -c jit=off";

  private static final String LOSABLE = NO_SEQUENTIAL_SCANS + " -c synchronous_commit=off";

  @Bean
  WorkerIdentity workerIdentity() {
    return WorkerIdentity.create();
  }

  @Bean
  @Primary
  HikariDataSource recordsDataSource(DataSourceProperties properties) {
    return pool(properties, "records", 2, NO_SEQUENTIAL_SCANS);
  }

  @Bean
  HikariDataSource claimsDataSource(DataSourceProperties properties) {
    return pool(properties, "claims", 2, LOSABLE);
  }

  @Bean
  HikariDataSource renewalsDataSource(DataSourceProperties properties) {
    return pool(properties, "renewals", 1, LOSABLE);
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
  @Primary
  JdbcTemplate records(HikariDataSource recordsDataSource) {
    return new JdbcTemplate(recordsDataSource);
  }

  @Bean
  JdbcTemplate claims(HikariDataSource claimsDataSource) {
    return new JdbcTemplate(claimsDataSource);
  }

  @Bean
  JdbcTemplate renewals(HikariDataSource renewalsDataSource) {
    return new JdbcTemplate(renewalsDataSource);
  }
}
