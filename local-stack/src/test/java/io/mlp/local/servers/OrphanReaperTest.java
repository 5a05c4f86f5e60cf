package io.mlp.local.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class OrphanReaperTest {
  @TempDir private Path parent;
  private DataFolder folder;

  @BeforeEach
  void own() {
    folder = DataFolder.own(parent);
  }

  @AfterEach
  void release() {
    folder.close();
  }

  @Test
  void endsBoth_andRemovesTheirPidFiles() throws IOException {
    try (Sleeper postgres = Sleeper.named(folder.file("bin/postgres"));
        Sleeper redis = Sleeper.named(folder.file("redis-server"))) {
      Path postmasterPid = postmasterPid(postgres.pid());
      Path redisPid = Files.writeString(folder.file("redis.pid"), redis.pid() + "\n");
      assertThat(OrphanReaper.reap(folder)).containsExactly("PostgreSQL", "Redis");
      assertThat(postgres.alive()).isFalse();
      assertThat(redis.alive()).isFalse();
      assertThat(postmasterPid).doesNotExist();
      assertThat(redisPid).doesNotExist();
    }
  }

  @Test
  void sparesStranger_whoseNumberIsInThePidFile() throws IOException {
    try (Sleeper stranger = Sleeper.named(folder.file("bin/editor"))) {
      Path postmasterPid = postmasterPid(stranger.pid());
      assertThat(OrphanReaper.reap(folder)).isEmpty();
      assertThat(stranger.alive()).isTrue();
      // PostgreSQL would take any living process of that number for itself and refuse to start.
      assertThat(postmasterPid).doesNotExist();
    }
  }

  @Test
  void doesNothing_whenNothingWasLeft() {
    assertThat(OrphanReaper.reap(folder)).isEmpty();
  }

  private Path postmasterPid(long pid) throws IOException {
    Path data = Files.createDirectories(folder.file("postgres"));
    return Files.writeString(
        data.resolve("postmaster.pid"),
        "%d%n%s%n%d%n".formatted(pid, data, Instant.now().getEpochSecond()));
  }
}
