package io.mlp.api.queue;

import org.springframework.jdbc.core.simple.JdbcClient;

/** Turns for where one process alone stores jobs, so that nothing need be forgotten. */
public final class LoneTurns {
  private LoneTurns() {}

  public static Turns create(JdbcClient jdbc) {
    return new Turns(jdbc);
  }
}
