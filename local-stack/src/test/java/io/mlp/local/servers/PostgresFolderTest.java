package io.mlp.local.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresFolderTest {
  @TempDir private Path parent;
  private DataFolder owned;
  private PostgresFolder folder;

  @BeforeEach
  void own() {
    owned = DataFolder.own(parent);
    folder = new PostgresFolder(owned);
  }

  @AfterEach
  void release() {
    owned.close();
  }

  @Test
  void acceptsNewFolder() {
    assertThatCode(folder::check).doesNotThrowAnyException();
  }

  @Test
  void acceptsDataOfThisVersion() throws IOException {
    write("PG_VERSION", "18\n");
    assertThatCode(folder::check).doesNotThrowAnyException();
  }

  @Test
  void refusesDataOfOtherVersion() throws IOException {
    write("PG_VERSION", "17\n");
    assertThatThrownBy(folder::check)
        .isInstanceOf(CannotStartException.class)
        .hasMessageContainingAll(
            folder.path().toString(), "PostgreSQL 17", "PostgreSQL 18", "LOCAL_STACK_DATA");
  }

  @Test
  void makesFolderAgain_whenFirstStartWasInterrupted() throws IOException {
    folder.begin();
    write("postgresql.conf", "half");
    folder.begin();
    assertThat(folder.path()).doesNotExist();
  }

  @Test
  void keepsFolder_whenFirstStartWasFinished() throws IOException {
    folder.begin();
    Path data = write("postgresql.conf", "whole");
    folder.finish();
    folder.begin();
    assertThat(data).exists();
  }

  @Test
  void keepsFolderOfUnknownOrigin() throws IOException {
    Path data = write("postgresql.conf", "somebody's");
    folder.begin();
    folder.begin();
    assertThat(data).exists();
  }

  private Path write(String name, String text) throws IOException {
    Files.createDirectories(folder.path());
    return Files.writeString(folder.path().resolve(name), text);
  }
}
