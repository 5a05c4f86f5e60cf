package io.mlp.local.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresProgramsTest {
  @TempDir private Path binaries;
  private Path programs;

  @BeforeEach
  void unpackHalf() throws IOException {
    programs = Files.createDirectories(binaries.resolve("postgres/PG-0"));
    Files.writeString(programs.resolve("epg-lock"), "");
    Files.writeString(programs.resolve("postgres"), "ELF");
  }

  @Test
  void removesWhatWasLeftHalfUnpacked() throws IOException {
    assertThat(PostgresPrograms.prepare(binaries)).isEmptyDirectory();
  }

  @Test
  void keepsWhatIsWhollyUnpacked() throws IOException {
    Files.writeString(programs.resolve(".exists"), "");
    PostgresPrograms.prepare(binaries);
    assertThat(programs.resolve("postgres")).exists();
  }

  @Test
  void keepsWhatSomebodyIsUnpacking() throws IOException {
    try (FileChannel channel =
            FileChannel.open(programs.resolve("epg-lock"), StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      PostgresPrograms.prepare(binaries);
      assertThat(lock.isValid()).isTrue();
      assertThat(programs.resolve("postgres")).exists();
    }
  }
}
