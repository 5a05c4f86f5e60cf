package io.mlp.benchmark.scenario;

import io.mlp.benchmark.stack.ProcessCpu;
import io.mlp.benchmark.stack.SharedServers;
import io.mlp.benchmark.stack.Target;
import java.util.LinkedHashMap;
import java.util.Map;

/** The processor time that each process of a stack spends from now on. */
final class CpuMeter {
  static final String DRIVER = "driver";

  private final Map<String, Long> processes = new LinkedHashMap<>();
  private final Map<String, Long> before = new LinkedHashMap<>();

  CpuMeter(Target target, SharedServers servers) {
    processes.put(DRIVER, ProcessHandle.current().pid());
    processes.putAll(target.processes());
    processes.putAll(servers.processes());
    processes.forEach((name, pid) -> before.put(name, micros(name, pid)));
  }

  /** The stacks under test are children of this process, but not the driver's own time. */
  private static long micros(String name, long pid) {
    return name.equals(DRIVER) ? ProcessCpu.microsAlone(pid) : ProcessCpu.micros(pid);
  }

  Map<String, Double> microsAJob(long jobs) {
    Map<String, Double> micros = new LinkedHashMap<>();
    processes.forEach((name, pid) ->
        micros.put(name, (micros(name, pid) - before.getOrDefault(name, 0L)) / (double) jobs));
    return micros;
  }
}
