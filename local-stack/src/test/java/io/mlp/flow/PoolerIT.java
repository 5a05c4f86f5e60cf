package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.job.store.Pooler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * What a service says when it does not have sessions of PostgreSQL of its own. One connection that
 * two share stands for a pooler in transaction mode, as that gives the second the session that the
 * first has just left.
 */
@ExtendWith(SharedStack.class)
class PoolerIT {
  private static final String SETTINGS = "?options=-c%20enable_seqscan%3Doff";

  private final String url;

  PoolerIT(Database database) {
    this.url = database.url();
  }

  @Test
  void hasNothingToSayOfPostgresItself() {
    assertThat(Pooler.complaint(new DriverManagerDataSource(url + SETTINGS, "mlp", "mlp")))
        .isEmpty();
  }

  @Test
  void namesTheModeInWhichSessionsAreShared() {
    SingleConnectionDataSource shared =
        new SingleConnectionDataSource(url + SETTINGS, "mlp", "mlp", true);
    try {
      assertThat(Pooler.complaint(shared))
          .hasValueSatisfying(complaint ->
              assertThat(complaint)
                  .contains("is in transaction mode", "DATABASE_HOST and DATABASE_PORT"));
    } finally {
      shared.destroy();
    }
  }

  @Test
  void tellsThatTheSettingsOfTheSessionAreDropped() {
    assertThat(Pooler.complaint(new DriverManagerDataSource(url, "mlp", "mlp")))
        .hasValueSatisfying(
            complaint -> assertThat(complaint).contains("ignore_startup_parameters"));
  }

  @Test
  void saysNothingWhileTheDatabaseIsAway() {
    String nowhere = url.replaceFirst(":\\d+/", ":1/");
    assertThat(Pooler.complaint(new DriverManagerDataSource(nowhere, "mlp", "mlp"))).isEmpty();
  }
}
