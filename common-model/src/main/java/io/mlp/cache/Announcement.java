package io.mlp.cache;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.stream.Collectors.joining;

import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** What a worker says once a batch, to whom it may concern: these jobs have ended. */
public record Announcement(List<UUID> jobIds) {
  /** Where it is said. */
  public static final String CHANNEL = "mlp:finished";

  /** The ids, comma-separated. */
  public byte[] encode() {
    return jobIds.stream().map(UUID::toString).collect(joining(",")).getBytes(US_ASCII);
  }

  /**
   * Reads a message of the channel.
   *
   * @throws IllegalArgumentException if it holds anything but ids
   */
  public static Announcement decode(byte[] message) {
    String[] ids = new String(message, US_ASCII).split(",", -1);
    return new Announcement(Arrays.stream(ids).map(UUID::fromString).toList());
  }
}
