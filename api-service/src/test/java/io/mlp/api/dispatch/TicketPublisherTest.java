package io.mlp.api.dispatch;

import static io.mlp.api.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.api.Settings;
import io.mlp.dispatch.Ticket;
import io.mlp.dispatch.TicketQueue;
import io.mlp.job.WaitingJob;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TicketPublisherTest {
  private static final int VERSION = 7;

  private final DispatchSettings settings =
      Settings.of(DispatchSettings.class, Map.of("publish-batch", 3));
  private final DispatchWindow window = new DispatchWindow(settings);
  private final FakeBroker broker = new FakeBroker();
  private final TicketPublisher publisher = new TicketPublisher(broker, window, settings);

  @BeforeEach
  void start() {
    publisher.start();
  }

  @AfterEach
  void stop() {
    broker.confirm();
    publisher.stop();
  }

  @Test
  void publishesWhatItIsGiven() {
    List<OutgoingTicket> tickets = tickets(2);

    publisher.send(tickets);

    eventually().untilAsserted(() -> assertThat(broker.jobs()).isEqualTo(jobs(tickets)));
    assertThat(takeDirty()).isFalse();
  }

  /** The next batch is what gathered meanwhile, as far as it fits. */
  @Test
  void gathersTheNextBatch_whileOneIsConfirmed() {
    broker.confirmLate();
    publisher.send(tickets(1));
    eventually().until(() -> broker.batches().size() == 1);

    publisher.send(tickets(4));
    broker.confirm();
    broker.confirm();

    eventually()
        .untilAsserted(
            () -> assertThat(broker.batches()).extracting(List::size).containsExactly(1, 3, 1));
  }

  @Test
  void putsTheQueueInDoubt_whenTheBrokerDoesNotConfirm() {
    broker.away(true);

    publisher.send(tickets(2));

    eventually().until(() -> takeDirty());
  }

  /** Each question to a dead broker costs a timeout, and the dispatcher will send others anyway. */
  @Test
  void asksNoBrokerThatHasJustFailed() {
    broker.away(true);
    publisher.send(tickets(1));
    eventually().until(() -> takeDirty());

    publisher.send(tickets(1));

    eventually().until(() -> takeDirty());
    assertThat(broker.batches()).hasSize(1);
  }

  @Test
  void asksNoBrokerThatTakesNothing() {
    broker.block(true);

    publisher.send(tickets(2));

    eventually().until(() -> takeDirty());
    assertThat(broker.batches()).isEmpty();
  }

  @Test
  void dropsWhatItCannotHold() {
    broker.confirmLate();
    publisher.send(tickets(1));
    eventually().until(() -> broker.batches().size() == 1);

    publisher.send(tickets(20_000));
    assertThat(takeDirty()).isFalse();
    publisher.send(tickets(1));
    assertThat(takeDirty()).isTrue();
  }

  private boolean takeDirty() {
    boolean dirty = window.dirty().contains(VERSION);
    window.clean(Set.of(VERSION));
    return dirty;
  }

  private static List<OutgoingTicket> tickets(int count) {
    TicketQueue queue = new TicketQueue("digits", 1, TicketQueue.Type.CLASSIC);
    return Stream.generate(() ->
            new OutgoingTicket(
                queue,
                new Ticket(VERSION, false, List.of(new WaitingJob(UUID.randomUUID(), 0, 0, null)))))
        .limit(count)
        .toList();
  }

  private static List<UUID> jobs(List<OutgoingTicket> tickets) {
    return tickets.stream().map(outgoing -> outgoing.ticket().jobs().getFirst().id()).toList();
  }
}
