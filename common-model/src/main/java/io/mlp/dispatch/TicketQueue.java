package io.mlp.dispatch;

import java.util.Locale;
import java.util.Map;

/** The RabbitMQ queue of one model version's tickets, declared alike by api and worker. */
public record TicketQueue(String model, int version, Type type) {

  /** How RabbitMQ keeps the queue; a setting that api and worker share. */
  public enum Type {
    /** On one node, tickets in memory: the fastest, and what a restart drops is sent again. */
    CLASSIC,
    /** Replicated, for clusters. */
    QUORUM;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Counts up when the arguments change, because those of a living queue cannot, and when tickets
   * do.
   */
  private static final int SCHEMA = 2;

  /** Also the routing key, on the default exchange. */
  public String name() {
    return prefix(type) + model + "." + version;
  }

  /** The queue of processes of the schema before, whose jobs have tickets in this one, too. */
  public String nameBefore() {
    return prefix(SCHEMA - 1, type) + model + "." + version;
  }

  static String prefix(Type type) {
    return prefix(SCHEMA, type);
  }

  private static String prefix(int schema, Type type) {
    return "mlp." + schema + "." + type.text() + ".";
  }

  public Map<String, Object> arguments() {
    return Map.of("x-queue-type", type.text());
  }

  /** Whether tickets are written to disk: a quorum queue writes them anyway. */
  public boolean persistentTickets() {
    return type == Type.QUORUM;
  }
}
