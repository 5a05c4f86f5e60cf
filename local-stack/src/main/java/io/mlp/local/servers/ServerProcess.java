package io.mlp.local.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a server's own pid file claims. The claim is believed only while the process of that number
 * runs the expected program and started when the file says: numbers are used again.
 *
 * @param name for people
 * @param pid the number in the pid file
 * @param startedAt when that server started, as far as its pid file tells
 * @param program whether an executable can be that server's
 */
record ServerProcess(String name, long pid, Instant startedAt, Predicate<Path> program) {
  /** Pid files hold seconds, clocks are corrected, a loaded machine is slow to write them. */
  private static final Duration TOLERANCE = Duration.ofSeconds(10);

  /** The PostgreSQL of a data directory, if one ever left its pid file there. */
  static Optional<ServerProcess> ofPostgres(Path dataDirectory) {
    List<String> lines = lines(dataDirectory.resolve(PostgresFolder.PID_FILE));
    if (lines.size() < 3) {
      return Optional.empty();
    }
    return number(lines.get(0))
        .flatMap(pid ->
            number(lines.get(2)).map(Instant::ofEpochSecond).map(start -> postgres(pid, start)));
  }

  /** The Redis that was started from a folder, if its pid file is there. */
  static Optional<ServerProcess> ofRedis(Path folder) {
    Path file = folder.resolve(RedisServer.PID_FILE);
    return lines(file).stream()
        .findFirst()
        .flatMap(ServerProcess::number)
        .map(pid -> new ServerProcess("Redis", pid, writtenAt(file), p -> p.startsWith(folder)));
  }

  /** The process, if it still is the one of the claim. */
  Optional<ProcessHandle> running() {
    return ProcessHandle.of(pid).filter(ServerProcess::alive).filter(this::matches);
  }

  /** Alive and not merely waiting, as a zombie, for a parent that never asks. */
  static boolean alive(ProcessHandle process) {
    return process.isAlive() && !zombie(process.pid());
  }

  private boolean matches(ProcessHandle process) {
    ProcessHandle.Info info = process.info();
    boolean sameStart =
        info.startInstant()
            .filter(start -> Duration.between(start, startedAt).abs().compareTo(TOLERANCE) <= 0)
            .isPresent();
    return sameStart && info.command().map(ServerProcess::executable).filter(program).isPresent();
  }

  private static ServerProcess postgres(long pid, Instant start) {
    return new ServerProcess("PostgreSQL", pid, start, ServerProcess::isPostgres);
  }

  private static boolean isPostgres(Path executable) {
    Path file = executable.getFileName();
    return file != null && file.toString().replace(".exe", "").equals("postgres");
  }

  /** Linux marks the path of a program whose file is gone. */
  private static Path executable(String command) {
    return Path.of(command.replaceFirst(" \\(deleted\\)$", ""));
  }

  private static boolean zombie(long pid) {
    String stat = String.join("", lines(Path.of("/proc", Long.toString(pid), "stat")));
    return stat.startsWith(") Z", stat.lastIndexOf(')'));
  }

  private static Optional<Long> number(String text) {
    try {
      return Optional.of(Long.valueOf(text.strip()));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Instant writtenAt(Path file) {
    try {
      return Files.getLastModifiedTime(file).toInstant();
    } catch (IOException e) {
      return Instant.EPOCH;
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }
}
