package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariDataSource;
import io.mlp.job.store.DatabaseFailures;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A statement that takes too long, behind a lock for instance, is ended by PostgreSQL: nobody waits
 * for it any more, and done late it could claim jobs for nobody.
 */
@ExtendWith(SharedStack.class)
class StatementTimeoutIT {
  private static final String LATE = "select pg_sleep(30) as ";

  private final Stack stack;

  StatementTimeoutIT(Stack stack) {
    this.stack = stack;
  }

  @Test
  void noSessionGoesOnBehindItsClient() {
    List<String> pools =
        List.of("dataSource", "recordsDataSource", "claimsDataSource", "renewalsDataSource");

    List<Throwable> failures = Client.sideBySide(pools.size(), pools, this::failure);

    assertThat(failures).allMatch(DatabaseFailures::isTransient);
    assertThat(
            stack
                .database()
                .count("pg_stat_activity where state = 'active' and query like ?", LATE + "%"))
        .isZero();
  }

  private Throwable failure(String pool) {
    Application service = pool.equals("dataSource") ? stack.api() : stack.worker();
    JdbcClient jdbc = JdbcClient.create(service.bean(pool, HikariDataSource.class));
    return catchThrowable(() -> jdbc.sql(LATE + pool).query().listOfRows());
  }
}
