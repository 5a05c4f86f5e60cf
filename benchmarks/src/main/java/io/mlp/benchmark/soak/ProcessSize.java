package io.mlp.benchmark.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What a process holds at this moment, from Linux' {@code /proc}. */
record ProcessSize(double residentBytes, double threads, double files) {
  static ProcessSize of(long pid) throws IOException {
    Path folder = Path.of("/proc/" + pid);
    String status = Files.readString(folder.resolve("status"));
    try (Stream<Path> files = Files.list(folder.resolve("fd"))) {
      return new ProcessSize(
          number(status, "VmRSS:") * 1024, number(status, "Threads:"), files.count());
    }
  }

  /** Of a process and its children, among which one may just end. */
  static double residentBytesOfAll(long pid) throws IOException {
    double bytes = 0;
    try {
      bytes = number(Files.readString(Path.of("/proc/" + pid + "/status")), "VmRSS:") * 1024;
    } catch (NoSuchFileException _) {
      return 0;
    }
    for (ProcessHandle child :
        ProcessHandle.of(pid).stream().flatMap(ProcessHandle::children).toList()) {
      bytes += residentBytesOfAll(child.pid());
    }
    return bytes;
  }

  private static double number(String status, String name) {
    return status
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElse(0);
  }
}
