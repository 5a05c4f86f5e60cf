package io.mlp.api.dispatch;

import static io.mlp.api.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.api.model.CataloguedVersion;
import io.mlp.api.model.FakeRegistry;
import io.mlp.dispatch.Ticket;
import io.mlp.job.JobContent;
import io.mlp.job.JobOptions;
import io.mlp.job.WaitingJob;
import io.mlp.job.store.Submission;
import io.mlp.model.ModelSignature;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorType;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TicketsTest {
  private static final UUID ID = UUID.randomUUID();

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
  void sendsTicketsForSeveralJobs() {
    List<WaitingJob> jobs =
        Stream.generate(() -> new WaitingJob(UUID.randomUUID(), 0, 0, null)).limit(3).toList();
    try (Dispatching dispatching = Dispatching.withJobsPerTicket(2).quick(version)) {
      dispatching.tickets().send(version, jobs);

      eventually()
          .untilAsserted(() ->
              assertThat(dispatching.sent())
                  .containsExactly(
                      new Ticket(version.id(), false, jobs.subList(0, 2)),
                      new Ticket(version.id(), false, jobs.subList(2, 3))));
    }
  }

  @Test
  void bringsSmallInputsAlong() {
    try (Dispatching dispatching = Dispatching.withWindow(1)) {
      assertThat(waiting(dispatching, 4096).known()).isNotNull();
      assertThat(waiting(dispatching, 4097).known()).isNull();
    }
  }

  private static WaitingJob waiting(Dispatching dispatching, int bytes) {
    Submission job =
        new Submission(ID, 1, true, "owner", "key", content(bytes), 4, null, 3, null, null, null);
    return dispatching.tickets().waiting(job, Instant.EPOCH);
  }

  private static JobContent content(int bytes) {
    Tensor input =
        new Tensor("x", TensorType.UINT8, TensorShape.of(bytes), ByteBuffer.allocate(bytes));
    return new JobContent(List.of(input), JobOptions.NONE);
  }
}
