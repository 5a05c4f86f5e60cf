package io.mlp.worker.job;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.UUID;

/**
 * This process among all workers.
 *
 * @param id new at every start, so that what an earlier process held is not taken for this one's
 * @param name for people: the host and the beginning of the id
 */
public record WorkerIdentity(UUID id, String name) {

  static WorkerIdentity create() {
    UUID id = UUID.randomUUID();
    return new WorkerIdentity(id, host() + "-" + id.toString().substring(0, 8));
  }

  /** The name of this machine or container. */
  public static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException _) {
      return "worker";
    }
  }
}
