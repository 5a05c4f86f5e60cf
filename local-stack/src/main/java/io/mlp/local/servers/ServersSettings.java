package io.mlp.local.servers;

import java.nio.file.Path;

/**
 * Where the servers keep their data and listen.
 *
 * @param folder PostgreSQL's data, logs and pid files; owned while the servers run
 * @param binaries PostgreSQL's programs, unpacked once and shared by whoever names the same folder
 * @param postgresPort PostgreSQL's port, 0 for a free one
 * @param redisPort Redis's port, 0 for a free one
 * @param amqpPort the broker's port, 0 for a free one
 */
public record ServersSettings(
    Path folder, Path binaries, int postgresPort, int redisPort, int amqpPort) {
  /** Free ports, and the unpacked programs inside the folder. */
  public static ServersSettings in(Path folder) {
    return new ServersSettings(folder, folder.resolve("binaries"), 0, 0, 0);
  }

  /** The same with the unpacked programs elsewhere. */
  public ServersSettings withBinaries(Path elsewhere) {
    return new ServersSettings(folder, elsewhere, postgresPort, redisPort, amqpPort);
  }
}
