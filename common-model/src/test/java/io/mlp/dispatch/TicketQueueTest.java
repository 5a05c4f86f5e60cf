package io.mlp.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TicketQueueTest {
  private static final TicketQueue CLASSIC = new TicketQueue("digits", 2, TicketQueue.Type.CLASSIC);
  private static final TicketQueue QUORUM = new TicketQueue("digits", 2, TicketQueue.Type.QUORUM);

  /** Queues of living installations have these names; other arguments need other names. */
  @Test
  void namesTellSchemaTypeModelAndVersion() {
    assertThat(CLASSIC.name()).isEqualTo("mlp.2.classic.digits.2");
    assertThat(QUORUM.name()).isEqualTo("mlp.2.quorum.digits.2");
    assertThat(QUORUM.nameBefore()).isEqualTo("mlp.1.quorum.digits.2");
  }

  @Test
  void argumentsTellTheType() {
    assertThat(CLASSIC.arguments()).isEqualTo(Map.of("x-queue-type", "classic"));
    assertThat(QUORUM.arguments()).isEqualTo(Map.of("x-queue-type", "quorum"));
  }

  @Test
  void ticketsAreWrittenToDiskOnlyWhereTheQueueIsReplicated() {
    assertThat(CLASSIC.persistentTickets()).isFalse();
    assertThat(QUORUM.persistentTickets()).isTrue();
  }

  /** No model's queue: those end in a version. */
  @Test
  void whatIsNoTicketHasAQueueOfItsOwn_whichIsBounded() {
    DeadQueue dead = new DeadQueue(TicketQueue.Type.QUORUM);

    assertThat(dead.name()).isEqualTo("mlp.2.quorum.dead");
    assertThat(dead.arguments())
        .containsEntry("x-queue-type", "quorum")
        .containsEntry("x-max-length", 1000)
        .containsEntry("x-max-length-bytes", 16 << 20);
  }
}
