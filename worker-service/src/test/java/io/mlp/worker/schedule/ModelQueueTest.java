package io.mlp.worker.schedule;

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

class ModelQueueTest {
  private final ModelQueue queue = new ModelQueue(ShippedModels.iris());
  private final int batch = ShippedModels.iris().batching().maxRows();

  @Test
  void givesWhatThereIs_inTheOrderItCame() {
    List<HeldTicket> tickets = FakeTicket.some(3);
    tickets.forEach(queue::add);

    assertThat(queue.takeBatch(Long.MAX_VALUE)).isEqualTo(tickets);
    assertThat(queue.takeBatch(Long.MAX_VALUE)).isEmpty();
  }

  @Test
  void givesNoMoreThanABatch() {
    FakeTicket.some(batch + 1).forEach(queue::add);

    assertThat(queue.takeBatch(Long.MAX_VALUE)).hasSize(batch);
    assertThat(queue.takeBatch(Long.MAX_VALUE)).hasSize(1);
  }

  @Test
  void countsTheJobsThatTicketsAreFor() {
    queue.add(new FakeTicket(batch - 3));
    queue.add(new FakeTicket(3));
    queue.add(new FakeTicket(2));

    assertThat(queue.takeBatch(Long.MAX_VALUE))
        .extracting(ticket -> ticket.ticket().jobs().size())
        .containsExactly(batch - 3, 3);
    assertThat(queue.takeBatch(Long.MAX_VALUE))
        .extracting(ticket -> ticket.ticket().jobs().size())
        .containsExactly(2);
  }

  @Test
  void givesNoMoreBytesThanABatchMayHave_butOneTicket() {
    for (int bytes : new int[] {60, 40, 1, 101, 5}) {
      queue.add(FakeTicket.ofBytes(bytes));
    }

    assertThat(queue.takeBatch(100)).hasSize(2);
    assertThat(queue.takeBatch(100)).hasSize(1);
    assertThat(queue.takeBatch(100)).hasSize(1);
    assertThat(queue.takeBatch(100)).hasSize(1);
  }

  @Test
  void takesNoMoreThanTheBytesOfOutputs_ifTheLastBatchTells() {
    List.of(new FakeTicket(2), new FakeTicket(1), new FakeTicket(1)).forEach(queue::add);

    queue.gave(40);

    assertThat(queue.takeBatch(119)).hasSize(1);
    assertThat(queue.takeBatch(119)).hasSize(2);
  }

  @Test
  void givesAPoisonCandidateByItself() {
    HeldTicket isolated = FakeTicket.isolated();
    HeldTicket before = new FakeTicket();
    HeldTicket after = new FakeTicket();
    List.of(before, isolated, after).forEach(queue::add);

    assertThat(queue.takeBatch(Long.MAX_VALUE)).containsExactly(before);
    assertThat(queue.takeBatch(Long.MAX_VALUE)).containsExactly(isolated);
    assertThat(queue.takeBatch(Long.MAX_VALUE)).containsExactly(after);
  }

  @Test
  void standsInLineOnce_howeverManyTicketsCome() {
    queue.add(new FakeTicket());
    assertThat(queue.joinsLine()).isTrue();

    queue.add(new FakeTicket());
    assertThat(queue.joinsLine()).isFalse();
  }

  @Test
  void standsInLineAgain_whenTicketsAreLeft() {
    FakeTicket.some(batch + 1).forEach(queue::add);
    assertThat(queue.joinsLine()).isTrue();
    queue.takeBatch(Long.MAX_VALUE);
    queue.leavesLine();

    assertThat(queue.joinsLine()).isTrue();
  }

  @Test
  void givesItsTicketsBack_whenItIsClosed() throws Exception {
    try (LoadedModel model = Loading.iris()) {
      ModelQueue closing = new ModelQueue(model);
      List<HeldTicket> before = FakeTicket.some(2);
      before.forEach(closing::add);
      closing.close();
      HeldTicket late = new FakeTicket();
      closing.add(late);

      assertThat(closing.takeBatch(Long.MAX_VALUE)).isEmpty();

      assertThat(before).allMatch(FakeTicket::isGivenBack);
      assertThat(FakeTicket.isGivenBack(late)).as("its channel may deliver a few more").isTrue();
    }
  }

  @Test
  void freesItsModelAfterTheLastBatch_whenItIsClosed() throws Exception {
    try (LoadedModel model = Loading.iris()) {
      ModelQueue closing = new ModelQueue(model);
      FakeTicket.some(2 * model.batching().maxRows()).forEach(closing::add);
      closing.takeBatch(Long.MAX_VALUE);
      closing.takeBatch(Long.MAX_VALUE);

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
      new ModelQueue(model).close();

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
    assertThat(queue.joinsLine()).isFalse();
  }
}
