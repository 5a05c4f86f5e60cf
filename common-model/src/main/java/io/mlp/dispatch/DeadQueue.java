package io.mlp.dispatch;

import java.util.Map;

/**
 * The RabbitMQ queue that keeps what lay in a ticket queue and is no ticket, for somebody to look
 * at who knows where it came from. The oldest go when it is full.
 */
public record DeadQueue(TicketQueue.Type type) {
  /** Header: why it is no ticket. */
  public static final String REASON = "x-mlp-reason";

  /** Header: the queue in which it lay. */
  public static final String QUEUE = "x-mlp-queue";

  /** Header: when a worker parked it here. */
  public static final String PARKED_AT = "x-mlp-parked-at";

  static final int MOST_MESSAGES = 1000;
  private static final int MOST_BYTES = 16 << 20;

  /** Also the routing key, on the default exchange. */
  public String name() {
    return TicketQueue.prefix(type) + "dead";
  }

  /** The bounds once more in the words of the local stack's broker, which knows no others. */
  public Map<String, Object> arguments() {
    return Map.of(
        "x-queue-type", type.text(),
        "x-max-length", MOST_MESSAGES,
        "x-max-length-bytes", MOST_BYTES,
        "qpid.max_count", MOST_MESSAGES,
        "qpid.max_size", MOST_BYTES,
        "qpid.policy_type", "ring");
  }
}
