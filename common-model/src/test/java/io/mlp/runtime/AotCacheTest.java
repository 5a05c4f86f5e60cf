package io.mlp.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AotCacheTest {
  private static final List<String> WITH_CACHE = List.of("-Xmx1g", "-XX:AOTCache=/app/app.aot");

  @TempDir private Path folder;
  private Path maps;

  @BeforeEach
  void nothingIsMapped() throws IOException {
    maps =
        Files.writeString(folder.resolve("maps"), "7f0000-7f1000 r--p 0 08:01 1  /lib/libc.so\n");
  }

  @Test
  void complains_whenTheCacheIsNotMapped() {
    assertThat(AotCache.complaint(WITH_CACHE, maps))
        .hasValueSatisfying(
            sentence -> assertThat(sentence).startsWith("The AOT cache /app/app.aot is not used"));
  }

  @Test
  void isSilent_whenItIsMapped() throws IOException {
    Files.writeString(maps, "800000-900000 r--p 0 08:01 2   /app/app.aot\n");
    assertThat(AotCache.complaint(WITH_CACHE, maps)).isEmpty();
  }

  @Test
  void isSilent_whenNoneWasAskedFor() {
    assertThat(AotCache.complaint(List.of("-Xmx1g"), maps)).isEmpty();
  }

  @Test
  void isSilent_whereNobodyTellsWhatIsMapped() {
    assertThat(AotCache.complaint(WITH_CACHE, folder.resolve("none"))).isEmpty();
  }

  @Test
  void thisJvmHasNoneAndIsNotComplainedOf() {
    assertThat(AotCache.complaint()).isEmpty();
  }
}
