package io.mlp.local;

import io.mlp.local.servers.CannotStartException;
import io.mlp.local.servers.Ports;

/** What must hold before anything is started, so that a start that cannot succeed does nothing. */
final class Preflight {
  private Preflight() {}

  /**
   * Checks that the HTTP ports are free.
   *
   * @throws CannotStartException naming the port and the variable that changes it
   */
  static void check(LocalStackSettings settings) {
    free("API_PORT", settings.apiPort());
    free("API_MANAGEMENT_PORT", settings.apiManagementPort());
    free("WORKER_MANAGEMENT_PORT", settings.workerManagementPort());
  }

  private static void free(String variable, int port) {
    if (port != 0 && Ports.taken(port)) {
      throw CannotStartException.because(
          "Port %d is taken by another process: end that one, or set %s to a free port."
              .formatted(port, variable));
    }
  }
}
