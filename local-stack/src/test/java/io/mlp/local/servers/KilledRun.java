package io.mlp.local.servers;

import java.nio.file.Path;

/** A program that starts the servers in the folder it is given, says so, and waits to be killed. */
final class KilledRun {
  private KilledRun() {}

  public static void main(String[] args) throws InterruptedException {
    Servers servers = Servers.start(TestServers.in(Path.of(args[0])));
    System.out.println("started " + servers.postgres().jdbcUrl());
    Thread.currentThread().join();
  }
}
