package io.mlp.local.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Who listens on a port, as far as Linux tells this user; elsewhere nobody is known. */
final class PortHolder {
  private static final String LISTENING = "0A";

  private PortHolder() {}

  /** Such as {@code process 4711 (java)}. */
  static Optional<String> of(int port) {
    return Stream.of("tcp", "tcp6")
        .flatMap(table -> lines(Path.of("/proc/net", table)))
        .map(line -> List.of(line.strip().split("\\s+")))
        .filter(fields -> fields.size() > 9 && listensOn(port, fields))
        .map(fields -> "socket:[" + fields.get(9) + "]")
        .flatMap(socket -> ProcessHandle.allProcesses().filter(process -> holds(process, socket)))
        .findFirst()
        .map(PortHolder::named);
  }

  private static boolean listensOn(int port, List<String> fields) {
    return fields.get(1).endsWith(String.format(Locale.ROOT, ":%04X", port))
        && fields.get(3).equals(LISTENING);
  }

  private static boolean holds(ProcessHandle process, String socket) {
    Path descriptors = Path.of("/proc", Long.toString(process.pid()), "fd");
    try (Stream<Path> links = Files.list(descriptors)) {
      return links.anyMatch(link -> target(link).equals(socket));
    } catch (IOException e) {
      return false;
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "";
    }
  }

  private static String named(ProcessHandle process) {
    String program =
        process
            .info()
            .command()
            .map(Path::of)
            .map(Path::getFileName)
            .map(Path::toString)
            .orElse("");
    return "process %d%s".formatted(process.pid(), program.isEmpty() ? "" : " (" + program + ")");
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      return Stream.of();
    }
  }
}
