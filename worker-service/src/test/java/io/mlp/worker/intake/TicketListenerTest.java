package io.mlp.worker.intake;

import static io.mlp.worker.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mlp.dispatch.Ticket;
import io.mlp.dispatch.TicketCodec;
import io.mlp.dispatch.TicketQueue;
import io.mlp.job.WaitingJob;
import io.mlp.worker.MutableClock;
import io.mlp.worker.ShippedModels;
import io.mlp.worker.schedule.BatchScheduler;
import io.mlp.worker.schedule.BatchSchedulers;
import io.mlp.worker.schedule.ModelQueue;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;

class TicketListenerTest {
  private static final String QUEUE = "mlp.2.classic.iris.1";
  private static final byte[] TICKET =
      TicketCodec.encode(
          new Ticket(7, false, List.of(new WaitingJob(UUID.randomUUID(), 0, 0, null))));

  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final MutableClock clock = new MutableClock();
  private final RecordingChannel channel = new RecordingChannel();
  private BatchScheduler scheduler = BatchSchedulers.handingIn();
  private TicketListener listener = serving();

  @AfterEach
  void stop() {
    scheduler.stop();
  }

  @Test
  void acknowledgesATicket_whenItsJobIsRecorded() {
    listener.onMessage(message(TICKET, 17), channel.channel());

    eventually().untilAsserted(() -> assertThat(channel.settled()).containsExactly("ack 17"));
    assertThat(meters.counter("mlp.tickets.unreadable").count()).isZero();
  }

  @Test
  void givesATicketBack_whenItsJobWasNotClaimed() {
    scheduler.stop();
    scheduler = BatchSchedulers.givingBack();
    listener = serving();

    listener.onMessage(message(TICKET, 17), channel.channel());

    eventually()
        .untilAsserted(() -> assertThat(channel.settled()).containsExactly("nack 17 requeue"));
  }

  /** Given back, it would come again for ever; no job stands behind it. */
  @Test
  void parksWhatIsNoTicket_andOnlyThenAcknowledgesIt() {
    listener.onMessage(message("hello".getBytes(UTF_8), 17), channel.channel());

    assertThat(channel.settled())
        .containsExactly("declare mlp.2.quorum.dead", "publish mlp.2.quorum.dead hello", "ack 17");
    assertThat(channel.published().getFirst().getHeaders())
        .containsEntry("x-mlp-queue", QUEUE)
        .containsEntry("x-mlp-parked-at", Date.from(clock.instant()))
        .hasEntrySatisfying(
            "x-mlp-reason", reason -> assertThat((String) reason).startsWith("ticket format: 104"));
    assertThat(meters.counter("mlp.tickets.unreadable").count()).isEqualTo(1);
  }

  /** Somebody's mistake may be made a thousand times. */
  @Test
  void declaresTheQueueOnceASecond() {
    for (int tag = 1; tag <= 3; tag++) {
      listener.onMessage(message("hello".getBytes(UTF_8), tag), channel.channel());
    }
    clock.advance(Duration.ofSeconds(2));
    listener.onMessage(message("hello".getBytes(UTF_8), 4), channel.channel());

    assertThat(channel.settled()).filteredOn(it -> it.startsWith("declare")).hasSize(2);
    assertThat(channel.settled()).filteredOn(it -> it.startsWith("ack")).hasSize(4);
  }

  @Test
  void parksATicketOfAnotherVersion() {
    byte[] next = {3, 0, 0, 0, 7};

    listener.onMessage(message(next, 17), channel.channel());

    assertThat(channel.settled()).hasSize(3).endsWith("ack 17");
    assertThat(channel.published().getFirst().getHeaders())
        .containsEntry("x-mlp-reason", "ticket format: 3 (expected: 2)");
  }

  /** It comes once more, and is parked then. */
  @Test
  void doesNotAcknowledgeWhatItCouldNotPark() {
    channel.close();

    listener.onMessage(message("hello".getBytes(UTF_8), 17), channel.channel());

    assertThat(channel.settled()).doesNotContain("ack 17");
    assertThat(meters.counter("mlp.tickets.unreadable").count()).isZero();
  }

  /** Its job is in the database, where another ticket is found for it. */
  @Test
  void acknowledgesATicketOfAQueueThatIsNotServed() {
    Message message = message(TICKET, 17);
    message.getMessageProperties().setConsumerQueue("mlp.2.classic.digits.1");

    listener.onMessage(message, channel.channel());

    assertThat(channel.settled()).containsExactly("ack 17");
  }

  @Test
  void countsTicketsThatComeAgain() {
    Message message = message(TICKET, 17);
    message.getMessageProperties().setRedelivered(true);

    listener.onMessage(message, channel.channel());
    listener.onMessage(message(TICKET, 18), channel.channel());

    assertThat(meters.counter("mlp.redeliveries").count()).isEqualTo(1);
  }

  /** A stand-in would settle it on another channel, once the ticket's own is closed. */
  @Test
  void settlesATicketOnTheChannelThatItCameOn() {
    listener.onMessage(message(TICKET, 17), channel.standIn());

    eventually().untilAsserted(() -> assertThat(channel.settled()).containsExactly("ack 17"));
  }

  /** The broker has the ticket back already, and its copy will claim nothing. */
  @Test
  void goesOn_whenTheChannelIsClosed() {
    channel.close();
    listener.onMessage(message(TICKET, 17), channel.channel());
    eventually().untilAsserted(() -> assertThat(channel.settled()).hasSize(1));

    listener.onMessage(message(TICKET, 18), channel.channel());

    eventually().untilAsserted(() -> assertThat(channel.settled()).hasSize(2));
  }

  /** With none in hand while some wait, a consumer is deaf. */
  @Test
  void knowsHowManyMessagesAreInHand() {
    listener.onMessage(message(TICKET, 17), channel.channel());
    eventually().until(() -> listener.inHand(QUEUE) == 0);
    listener.onMessage(message("no ticket".getBytes(UTF_8), 18), channel.channel());
    assertThat(listener.inHand(QUEUE)).isZero();
    scheduler.stop();

    listener.onMessage(message(TICKET, 19), channel.channel());

    assertThat(listener.inHand(QUEUE)).isEqualTo(1);
  }

  @Test
  void needsAChannelToAcknowledgeOn() {
    assertThatThrownBy(() -> listener.onMessage(message(TICKET, 17), null))
        .isInstanceOf(IllegalStateException.class);
  }

  private TicketListener serving() {
    TicketListener fresh =
        new TicketListener(scheduler, new DeadTickets(TicketQueue.Type.QUORUM, clock), meters);
    fresh.serve(Map.of(QUEUE, new ModelQueue(ShippedModels.iris())));
    return fresh;
  }

  private static Message message(byte[] body, long tag) {
    MessageProperties properties = new MessageProperties();
    properties.setConsumerQueue(QUEUE);
    properties.setDeliveryTag(tag);
    return new Message(body, properties);
  }
}
