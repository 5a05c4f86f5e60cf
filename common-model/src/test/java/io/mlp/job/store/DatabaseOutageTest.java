package io.mlp.job.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlp.outage.Outage;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.transaction.CannotCreateTransactionException;

class DatabaseOutageTest {
  private long nanos;
  private final Outage of = new Outage("The database", "all waits", () -> nanos);
  private final DatabaseOutage outage = new DatabaseOutage(of);

  @Test
  void beginsWithTheFirstFailure() {
    assertThat(outage.unlessAway(() -> {})).isTrue();
    assertThat(of.away()).isFalse();
    assertThat(fails()).isFalse();
    assertThat(of.away()).isTrue();
  }

  @Test
  void endsWhenNothingHasFailedForAWhile() {
    fails();
    after(Duration.ofSeconds(4));
    fails();
    after(Duration.ofSeconds(12));
    outage.unlessAway(() -> {});
    assertThat(of.away()).isTrue();
    after(Duration.ofMillis(1));
    assertThat(of.away()).as("only an answer ends it").isTrue();
    outage.unlessAway(() -> {});
    assertThat(of.away()).isFalse();
  }

  @Test
  void isAlsoThatNoTransactionCanBeBegun() {
    outage.unlessAway(() -> {
      throw new CannotCreateTransactionException("away");
    });
    assertThat(of.away()).isTrue();
  }

  @Test
  void isNotAStatementThatIsWrong() {
    outage.failed(new BadSqlGrammarException("task", "sql", new SQLException("syntax", "42601")));
    assertThat(of.away()).isFalse();
  }

  @Test
  void hidesNoBug() {
    assertThatThrownBy(() ->
            outage.unlessAway(() -> {
              throw new IllegalStateException("a bug");
            }))
        .hasMessage("a bug");
  }

  private boolean fails() {
    return outage.unlessAway(() -> {
      throw new DataAccessResourceFailureException("away");
    });
  }

  private void after(Duration time) {
    nanos += time.toNanos();
  }
}
