package io.mlp.api.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlp.flow.Database;
import io.mlp.flow.SharedStack;
import io.mlp.job.JobIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** However few rows are wanted, a page looks at so many only, and the walk finds them all. */
@ExtendWith(SharedStack.class)
class AuditPagesIT {
  private static final int SCAN = 10;
  private static final Actor ACTOR = new Actor("vision", "mlp_01234567", "request");

  private final Database database;
  private final Audit audit;
  private final TransactionTemplate transaction;

  AuditPagesIT(Database database) {
    this.database = database;
    this.audit = new Audit(database.sql());
    this.transaction =
        new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()));
  }

  @BeforeEach
  void removeRows() {
    database.sql().sql("truncate audit").update();
  }

  private void write(Act act, UUID subject) {
    transaction.executeWithoutResult(
        _ -> audit.write(ACTOR, new Entry(act, subject, "vision", null)));
  }

  private static AuditFilter of(UUID subject, UUID before, int limit) {
    return new AuditFilter(null, subject, null, before, limit, SCAN);
  }

  @Test
  void findsRowsThatAreFarApart_inShortPages() {
    UUID rare = JobIds.next();
    for (int i = 0; i < 95; i++) {
      write(Act.CANCEL_JOB, i % 40 == 7 ? rare : JobIds.next());
    }
    List<Audit.View> seen = new ArrayList<>();
    int pages = 0;
    UUID next = new UUID(-1, -1);
    while (next != null) {
      Audit.Page page = audit.page(of(rare, next, 2));
      seen.addAll(page.audit());
      next = page.next();
      pages++;
    }
    assertThat(seen).hasSize(3).extracting(Audit.View::subject).containsOnly(rare);
    assertThat(seen).extracting(Audit.View::id).doesNotHaveDuplicates();
    assertThat(pages).isEqualTo(10);
  }

  @Test
  void takesEveryAct() {
    Arrays.stream(Act.values()).forEach(act -> write(act, JobIds.next()));
    assertThat(database.count("audit")).isEqualTo(Act.values().length);
  }

  @Test
  void goesWithTheTransactionThatFails() {
    assertThatThrownBy(() ->
            transaction.executeWithoutResult(_ -> {
              audit.write(ACTOR, new Entry(Act.DELETE_JOB, JobIds.next(), "vision", null));
              throw new IllegalArgumentException("on purpose");
            }))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(database.count("audit")).isZero();
  }

  @Test
  void isNotChanged() {
    write(Act.CANCEL_JOB, JobIds.next());
    assertThatThrownBy(() -> database.sql().sql("update audit set owner = 'nobody'").update())
        .hasStackTraceContaining("rows of audit are not changed");
  }
}
