package io.mlp.api.dispatch;

import static io.mlp.api.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.api.model.CataloguedVersion;
import io.mlp.api.model.FakeRegistry;
import io.mlp.dispatch.Ticket;
import io.mlp.model.ModelSignature;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TicketsTest {
  private final CataloguedVersion version =
      new FakeRegistry()
          .version("digits", 1, new ModelSignature(List.of(), List.of()))
          .catalogue()
          .all()
          .getFirst();

  @Test
  void reservesWithinTheWindow() {
    try (Dispatching dispatching = Dispatching.withWindow(1)) {
      assertThat(dispatching.tickets().reserve(version)).isTrue();
      assertThat(dispatching.tickets().reserve(version)).isFalse();
    }
  }

  @Test
  void putsAQueueInDoubt_whereAJobGotNoTicket() {
    try (Dispatching dispatching = Dispatching.withWindow(1)) {
      dispatching.tickets().reserve(version);
      dispatching.tickets().reserve(version);
      assertThat(dispatching.inDoubt()).as("before the job is stored").isEmpty();

      dispatching.tickets().missing(version);

      assertThat(dispatching.inDoubt()).containsExactly(version.id());
    }
  }

  @Test
  void sendsTicketsForSeveralJobs() {
    List<UUID> jobs = List.of(UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID());
    try (Dispatching dispatching = Dispatching.withJobsPerTicket(2)) {
      dispatching.tickets().send(version, jobs);

      eventually()
          .untilAsserted(() ->
              assertThat(dispatching.sent())
                  .containsExactly(
                      new Ticket(jobs.get(0), version.id(), 2),
                      new Ticket(jobs.get(2), version.id(), 1)));
    }
  }

  @Test
  void healsAfterTheTimeThatIsSet() {
    try (Dispatching dispatching = Dispatching.withWindow(1)) {
      assertThat(dispatching.tickets().healAfter()).isEqualTo(Duration.ofSeconds(1));
    }
  }
}
