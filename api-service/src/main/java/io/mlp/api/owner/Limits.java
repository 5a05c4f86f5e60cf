package io.mlp.api.owner;

/**
 * How much a key may. 0 stands for no limit.
 *
 * @param jobsPerSecond submissions and retries
 * @param readsPerSecond all other requests
 * @param maxInFlight unfinished jobs of the owner, beyond which the key submits no more
 */
public record Limits(int jobsPerSecond, int readsPerSecond, int maxInFlight) {
  static final Limits NONE = new Limits(0, 0, 0);
}
