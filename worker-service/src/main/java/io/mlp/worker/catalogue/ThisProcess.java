package io.mlp.worker.catalogue;

import io.mlp.worker.job.WorkerIdentity;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a process runs.
 *
 * @param boot differs after every start of the machine, where the system tells; otherwise empty
 */
record ThisProcess(String host, long pid, String boot) {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  static ThisProcess here() {
    return new ThisProcess(WorkerIdentity.host(), ProcessHandle.current().pid(), bootId());
  }

  private static String bootId() {
    try {
      return Files.readString(BOOT_ID).strip();
    } catch (IOException _) {
      return "";
    }
  }

  static double uptimeSeconds() {
    return ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0;
  }

  /** Whether the other was ended by the machine's own end, a power cut say. */
  boolean isRebootSince(ThisProcess other) {
    return host.equals(other.host) && !boot.equals(other.boot);
  }

  /**
   * Whether the other surely ran here and does no more: a container that is started again has the
   * same numbers, so one with this process's own is gone.
   */
  boolean knowsDead(ThisProcess other) {
    return host.equals(other.host) && (pid == other.pid || ProcessHandle.of(other.pid).isEmpty());
  }
}
