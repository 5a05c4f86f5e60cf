package io.mlp.api.dispatch;

import io.mlp.dispatch.Ticket;
import io.mlp.dispatch.TicketQueue;
import io.mlp.job.WaitingJob;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.springframework.amqp.AmqpConnectException;

/** A broker in memory: takes tickets into queues, unless it is away, blocked or slow to confirm. */
final class FakeBroker implements TicketBroker {
  private final List<List<Ticket>> batches = new ArrayList<>();
  private final Map<String, Integer> ready = new HashMap<>();
  private final Semaphore confirms = new Semaphore(0);
  private boolean confirmsAtOnce = true;
  private boolean away;
  private int failures;
  private boolean blocked;
  private boolean reconnected;

  synchronized void away(boolean away) {
    this.away = away;
  }

  /** So many batches are not taken. */
  synchronized void failNext(int batches) {
    failures = batches;
  }

  synchronized void block(boolean blocked) {
    this.blocked = blocked;
  }

  synchronized void reconnect() {
    reconnected = true;
  }

  /** From now on each batch waits for a call of {@link #confirm}. */
  synchronized void confirmLate() {
    confirmsAtOnce = false;
  }

  void confirm() {
    confirms.release();
  }

  /** A worker takes tickets, or a restart loses them. */
  synchronized void take(TicketQueue queue, int tickets) {
    ready.merge(queue.name(), -tickets, Integer::sum);
  }

  /** The tickets that came, batch by batch. */
  synchronized List<List<Ticket>> batches() {
    return List.copyOf(batches);
  }

  synchronized List<Ticket> tickets() {
    return batches.stream().flatMap(List::stream).toList();
  }

  /** The jobs that the tickets name. */
  List<UUID> jobs() {
    return tickets().stream()
        .flatMap(ticket -> ticket.jobs().stream())
        .map(WaitingJob::id)
        .toList();
  }

  @Override
  public synchronized boolean takeReconnected() {
    boolean was = reconnected;
    reconnected = false;
    return was;
  }

  @Override
  public synchronized boolean blocked() {
    return blocked;
  }

  @Override
  public void publish(List<OutgoingTicket> tickets) {
    if (take(tickets)) {
      confirms.acquireUninterruptibly();
    }
  }

  /** Whether the confirm is late. */
  private synchronized boolean take(List<OutgoingTicket> tickets) {
    if (failures > 0) {
      failures--;
      throw new AmqpConnectException(new IllegalStateException("away"));
    }
    batches.add(tickets.stream().map(OutgoingTicket::ticket).toList());
    if (away) {
      throw new AmqpConnectException(new IllegalStateException("away"));
    }
    tickets.forEach(outgoing -> ready.merge(outgoing.queue().name(), 1, Integer::sum));
    return !confirmsAtOnce;
  }

  @Override
  public synchronized int ready(TicketQueue queue) {
    if (away) {
      throw new AmqpConnectException(new IllegalStateException("away"));
    }
    return ready.getOrDefault(queue.name(), 0);
  }
}
