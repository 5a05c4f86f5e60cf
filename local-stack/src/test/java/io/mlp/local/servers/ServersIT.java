package io.mlp.local.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServersIT {
  @Test
  void startsAndStops(@TempDir Path folder) {
    try (Servers servers = Servers.start(ServersSettings.in(folder))) {
      assertThat(servers.postgres().process()).isPresent();
      assertThat(servers.redis().process()).isPresent();
      System.err.println(String.join(" ", servers.springArguments()));
    }
  }
}
