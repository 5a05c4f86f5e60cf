package io.mlp.worker.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.worker.ShippedModels;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelLaneTest {
  private final ModelLane lane = new ModelLane(ShippedModels.iris(), 7);
  private final int batch = ShippedModels.iris().maxBatchRows();

  @Test
  void givesWhatThereIs_inTheOrderItCame() {
    List<HeldTicket> tickets = FakeTicket.some(3);
    tickets.forEach(lane::add);

    assertThat(lane.takeBatch()).isEqualTo(tickets);
    assertThat(lane.takeBatch()).isEmpty();
  }

  @Test
  void givesNoMoreThanABatch() {
    FakeTicket.some(batch + 1).forEach(lane::add);

    assertThat(lane.takeBatch()).hasSize(batch);
    assertThat(lane.takeBatch()).hasSize(1);
  }

  @Test
  void countsTheJobsThatTicketsAreFor() {
    lane.add(new FakeTicket(batch - 3));
    lane.add(new FakeTicket(3));
    lane.add(new FakeTicket(2));

    assertThat(lane.takeBatch()).extracting(HeldTicket::jobs).containsExactly(batch - 3, 3);
    assertThat(lane.takeBatch()).extracting(HeldTicket::jobs).containsExactly(2);
  }

  /** Where several have other settings, a ticket may be for more than one takes at once. */
  @Test
  void givesATicketThatIsForMoreThanABatch() {
    lane.add(new FakeTicket(batch + 1));

    assertThat(lane.takeBatch()).hasSize(1);
  }

  @Test
  void standsInLineOnce_howeverManyTicketsCome() {
    lane.add(new FakeTicket());
    assertThat(lane.joinsLine()).isTrue();

    lane.add(new FakeTicket());
    assertThat(lane.joinsLine()).isFalse();
  }

  @Test
  void standsInLineAgain_whenTicketsAreLeft() {
    FakeTicket.some(batch + 1).forEach(lane::add);
    assertThat(lane.joinsLine()).isTrue();
    lane.takeBatch();
    lane.leavesLine();

    assertThat(lane.joinsLine()).isTrue();
  }

  @Test
  void doesNotStandInLineWithoutTickets() {
    assertThat(lane.joinsLine()).isFalse();
  }
}
