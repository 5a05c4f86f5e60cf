package io.mlp.worker.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;

class RetryUntilAvailableTest {
  private final Deque<DataAccessException> failures = new ArrayDeque<>();
  private boolean working = true;
  private int asked;

  private final RetryUntilAvailable retry = new RetryUntilAvailable(() -> working, Duration.ZERO);

  @Test
  void givesTheAnswer() {
    assertThat(retry.get(this::statement)).isEqualTo("answer");
    assertThat(asked).isEqualTo(1);
  }

  @Test
  void asksUntilTheDatabaseIsBack() {
    failures.addAll(
        List.of(
            new DataAccessResourceFailureException("away"),
            new CannotGetJdbcConnectionException("none to be had"),
            new QueryTimeoutException("hung"),
            new CannotAcquireLockException("deadlock")));

    assertThat(retry.get(this::statement)).isEqualTo("answer");
    assertThat(asked).isEqualTo(5);
  }

  @Test
  void asksOnceMoreForALock_evenWhileTheWorkerStops() {
    failures.add(new CannotAcquireLockException("deadlock"));
    working = false;

    assertThat(retry.get(this::statement)).isEqualTo("answer");
  }

  @Test
  void givesUp_whenTheWorkerStops() {
    failures.add(new DataAccessResourceFailureException("away"));
    working = false;

    assertThat(retry.get(this::statement)).isNull();
    assertThat(asked).isEqualTo(1);
  }

  /** A batch in flight is still recorded while the worker stops, if the database answers. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void asksOnceInAnyCase(boolean working) {
    this.working = working;

    assertThat(retry.get(this::statement)).isEqualTo("answer");
  }

  /** What is wrong with the statement does not get better with time. */
  @Test
  void passesOnWhatWaitingDoesNotMend() {
    failures.add(new DataIntegrityViolationException("poison"));

    assertThatThrownBy(() -> retry.get(this::statement)).hasMessageContaining("poison");
    assertThat(asked).isEqualTo(1);
  }

  private String statement() {
    asked++;
    DataAccessException failure = failures.poll();
    if (failure != null) {
      throw failure;
    }
    return "answer";
  }
}
