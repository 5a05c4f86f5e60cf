package io.mlp.local.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Ends the servers that a killed run left behind in a data folder. Whoever reaps owns the folder,
 * so what still runs there belongs to nobody. A pid file whose process is gone, or is another one
 * by now, is only removed.
 */
final class OrphanReaper {
  private OrphanReaper() {}

  /** Returns the names of the servers it had to end. */
  static List<String> reap(DataFolder folder) {
    List<String> reaped = new ArrayList<>();
    Path postgres = folder.file(PostgresFolder.NAME);
    reap(ServerProcess.ofPostgres(postgres), Ending::ofPostgres).ifPresent(reaped::add);
    reap(ServerProcess.ofRedis(folder.path()), Ending::ofRedis).ifPresent(reaped::add);
    delete(postgres.resolve(PostgresFolder.PID_FILE));
    delete(folder.file(RedisServer.PID_FILE));
    return List.copyOf(reaped);
  }

  private static Optional<String> reap(
      Optional<ServerProcess> claim, Consumer<ProcessHandle> ending) {
    Optional<ProcessHandle> orphan = claim.flatMap(ServerProcess::running);
    orphan.ifPresent(ending);
    return orphan.flatMap(_ -> claim).map(ServerProcess::name);
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
