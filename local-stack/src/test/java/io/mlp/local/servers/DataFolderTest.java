package io.mlp.local.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
  @TempDir private Path parent;

  @Test
  void refusesSecondOwner_namingTheFirstAndTheWaysOut() {
    try (DataFolder first = DataFolder.own(parent)) {
      assertThatThrownBy(() -> DataFolder.own(first.path()))
          .isInstanceOf(CannotStartException.class)
          .hasMessageContainingAll(
              parent.toString(),
              "process " + ProcessHandle.current().pid(),
              "LOCAL_STACK_DATA",
              "API_PORT");
    }
  }

  @Test
  void canBeOwnedAgain_whenClosed() {
    DataFolder.own(parent).close();
    try (DataFolder again = DataFolder.own(parent)) {
      assertThat(again.path()).isEqualTo(parent);
    }
  }

  @Test
  void refusesFolderThatCannotBe() throws IOException {
    Path file = Files.writeString(parent.resolve("file"), "");
    assertThatThrownBy(() -> DataFolder.own(file))
        .isInstanceOf(CannotStartException.class)
        .hasMessageContainingAll(file.toString(), "cannot be written", "LOCAL_STACK_DATA");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void createsFolderForItsOwnerOnly() throws IOException {
    try (DataFolder folder = DataFolder.own(parent.resolve("new"))) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.path())))
          .isEqualTo("rwx------");
    }
  }
}
