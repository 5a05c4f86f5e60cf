package io.mlp.api.audit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class AuditTest {
  private final Audit audit = new Audit(JdbcClient.create(new DriverManagerDataSource()));

  @Test
  void tellsOfNothingThatIsDoneOutsideOfATransaction() {
    Entry entry = new Entry(Act.DELETE_JOB, new UUID(0, 0), "vision", null);
    assertThatThrownBy(() -> audit.write(new Actor("vision", "loopback", "request"), entry))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("DELETE_JOB");
  }
}
