package io.mlp.local.servers;

import io.mlp.local.Checkout;
import java.nio.file.Path;

/**
 * Servers for tests: real ones, in folders of their own, with programs unpacked once a checkout.
 */
public final class TestServers {
  private TestServers() {}

  /** On free ports with data that goes with them. */
  public static Servers start() {
    return Servers.startTemporary(binaries());
  }

  /** For data in a folder of the test. */
  static ServersSettings in(Path folder) {
    return ServersSettings.in(folder).withBinaries(binaries());
  }

  private static Path binaries() {
    return Checkout.locate().data().resolve("binaries");
  }
}
