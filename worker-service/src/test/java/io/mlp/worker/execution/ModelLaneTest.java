package io.mlp.worker.execution;

import static io.mlp.worker.inference.TestTensors.fp32;
import static io.mlp.worker.inference.TestTensors.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.model.Batching;
import io.mlp.worker.ShippedModels;
import io.mlp.worker.inference.InferenceOutcome;
import io.mlp.worker.inference.InferenceRequest;
import io.mlp.worker.inference.MicroBatch;
import io.mlp.worker.repository.LoadedModel;
import io.mlp.worker.repository.Loading;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ModelLaneTest {
  private final ModelLane lane = new ModelLane(ShippedModels.iris(), 7);
  private final int batch = ShippedModels.iris().batching().maxRows();

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

    assertThat(lane.takeBatch())
        .extracting(ticket -> ticket.ticket().jobs().size())
        .containsExactly(batch - 3, 3);
    assertThat(lane.takeBatch())
        .extracting(ticket -> ticket.ticket().jobs().size())
        .containsExactly(2);
  }

  @Test
  void givesAPoisonCandidateByItself() {
    HeldTicket isolated = FakeTicket.isolated();
    HeldTicket before = new FakeTicket();
    HeldTicket after = new FakeTicket();
    List.of(before, isolated, after).forEach(lane::add);

    assertThat(lane.takeBatch()).containsExactly(before);
    assertThat(lane.takeBatch()).containsExactly(isolated);
    assertThat(lane.takeBatch()).containsExactly(after);
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
  void givesItsTicketsBack_whenItIsClosed() throws Exception {
    try (LoadedModel model = Loading.iris()) {
      ModelLane closing = new ModelLane(model, 7);
      List<HeldTicket> before = FakeTicket.some(2);
      before.forEach(closing::add);
      closing.close();
      HeldTicket late = new FakeTicket();
      closing.add(late);

      assertThat(closing.takeBatch()).isEmpty();

      assertThat(before).allMatch(FakeTicket::isGivenBack);
      assertThat(FakeTicket.isGivenBack(late)).as("its channel may deliver a few more").isTrue();
    }
  }

  @Test
  void freesItsModelAfterTheLastBatch_whenItIsClosed() throws Exception {
    try (LoadedModel model = Loading.iris()) {
      ModelLane closing = new ModelLane(model, 7);
      FakeTicket.some(2 * model.batching().maxRows()).forEach(closing::add);
      closing.takeBatch();
      closing.takeBatch();

      closing.close();

      assertThat(answers(model)).isTrue();
      closing.batchEnded();
      assertThat(answers(model)).isTrue();
      closing.batchEnded();
      assertThat(answers(model)).isFalse();
    }
  }

  @Test
  void freesItsModelAtOnce_whenItIsClosedUnused() throws Exception {
    try (LoadedModel model = Loading.iris()) {
      new ModelLane(model, 7).close();

      assertThat(answers(model)).isFalse();
    }
  }

  private static boolean answers(LoadedModel model) {
    InferenceRequest request =
        new InferenceRequest(List.of(fp32("features", shape(1, 4), 5, 2, 3.5f, 1)), Set.of());
    return MicroBatch.run(model.onnx(), Batching.declared(1), List.of(request)).getFirst()
        instanceof InferenceOutcome.Succeeded;
  }

  @Test
  void doesNotStandInLineWithoutTickets() {
    assertThat(lane.joinsLine()).isFalse();
  }
}
