package io.mlp.benchmark.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The processor time of a process with all its children, from Linux' {@code /proc}. */
public final class ProcessCpu {
  /** {@code sysconf(_SC_CLK_TCK)} is 100 on every Linux there is. */
  private static final long MICROS_A_TICK = 10_000;

  private ProcessCpu() {}

  /** User and system time in microseconds, children included, also those that have ended. */
  public static long micros(long pid) {
    long micros = ticks(pid, 15) * MICROS_A_TICK;
    for (ProcessHandle child : children(pid)) {
      micros += micros(child.pid());
    }
    return micros;
  }

  /** User and system time in microseconds, without children. */
  public static long microsAlone(long pid) {
    return ticks(pid, 13) * MICROS_A_TICK;
  }

  private static List<ProcessHandle> children(long pid) {
    return ProcessHandle.of(pid).map(process -> process.children().toList()).orElse(List.of());
  }

  /**
   * The sum of utime, stime and, if they are wanted, cutime and cstime: the 14th to 17th field,
   * behind a name in brackets.
   */
  private static long ticks(long pid, int last) {
    List<String> lines = lines(Path.of("/proc/" + pid + "/stat"));
    if (lines.isEmpty()) {
      return 0;
    }
    String line = lines.getFirst();
    String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
    long ticks = 0;
    for (int i = 11; i < last; i++) {
      ticks += Long.parseLong(fields[i]);
    }
    return ticks;
  }

  /** None if the process has gone. */
  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException _) {
      return List.of();
    }
  }
}
