package io.mlp.local.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class ServerProcessTest {
  @TempDir private Path folder;

  @Test
  void believesPidFile_whenProgramAndStartAgree() throws IOException {
    try (Sleeper postgres = Sleeper.named(folder.resolve("bin/postgres"))) {
      writePidFile(postgres.pid(), Instant.now());
      assertThat(ServerProcess.ofPostgres(folder).flatMap(ServerProcess::running))
          .map(ProcessHandle::pid)
          .contains(postgres.pid());
    }
  }

  @Test
  void believesPidFile_whenProgramWasDeletedSince() throws IOException {
    Path program = folder.resolve("bin/postgres");
    try (Sleeper postgres = Sleeper.named(program)) {
      Files.delete(program);
      writePidFile(postgres.pid(), Instant.now());
      assertThat(ServerProcess.ofPostgres(folder).flatMap(ServerProcess::running)).isPresent();
    }
  }

  @Test
  void doubtsPidFile_whenProcessStartedAtAnotherTime() throws IOException {
    try (Sleeper postgres = Sleeper.named(folder.resolve("bin/postgres"))) {
      writePidFile(postgres.pid(), Instant.now().minus(Duration.ofMinutes(1)));
      assertThat(ServerProcess.ofPostgres(folder).flatMap(ServerProcess::running)).isEmpty();
    }
  }

  @Test
  void doubtsPidFile_whenProcessRunsAnotherProgram() throws IOException {
    try (Sleeper editor = Sleeper.named(folder.resolve("bin/editor"))) {
      writePidFile(editor.pid(), Instant.now());
      assertThat(ServerProcess.ofPostgres(folder).flatMap(ServerProcess::running)).isEmpty();
    }
  }

  @Test
  void doubtsPidFile_whenProcessIsGone() throws IOException, InterruptedException {
    try (Sleeper postgres = Sleeper.named(folder.resolve("bin/postgres"))) {
      writePidFile(postgres.pid(), Instant.now());
      postgres.process().destroyForcibly().waitFor();
      assertThat(ServerProcess.ofPostgres(folder).flatMap(ServerProcess::running)).isEmpty();
    }
  }

  @Test
  void believesRedis_onlyIfItsProgramLiesInTheFolder(@TempDir Path elsewhere) throws IOException {
    try (Sleeper ours = Sleeper.named(folder.resolve("redis-server"));
        Sleeper theirs = Sleeper.named(elsewhere.resolve("redis-server"))) {
      Files.writeString(folder.resolve("redis.pid"), ours.pid() + "\n");
      assertThat(ServerProcess.ofRedis(folder).flatMap(ServerProcess::running)).isPresent();
      Files.writeString(folder.resolve("redis.pid"), theirs.pid() + "\n");
      assertThat(ServerProcess.ofRedis(folder).flatMap(ServerProcess::running)).isEmpty();
    }
  }

  @Test
  void readsNothing_fromTornOrMissingPidFile() throws IOException {
    assertThat(ServerProcess.ofPostgres(folder)).isEmpty();
    assertThat(ServerProcess.ofRedis(folder)).isEmpty();
    Files.writeString(folder.resolve("postmaster.pid"), "12\n/data");
    Files.writeString(folder.resolve("redis.pid"), "x");
    assertThat(ServerProcess.ofPostgres(folder)).isEmpty();
    assertThat(ServerProcess.ofRedis(folder)).isEmpty();
  }

  private void writePidFile(long pid, Instant start) throws IOException {
    Files.writeString(
        folder.resolve("postmaster.pid"),
        "%d%n%s%n%d%n5432%n".formatted(pid, folder, start.getEpochSecond()));
  }
}
