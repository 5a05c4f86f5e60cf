package io.mlp.local.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class OrphanReaperIT {
  @TempDir private Path folder;

  @Test
  void endsServersOfKilledRun_andKeepsTheirData() throws Exception {
    Process run = run();
    try {
      Sql.execute(jdbcUrl(run), "create table note as select 'kept' as text");
      ProcessHandle postgres = orphan(ServerProcess.ofPostgres(folder.resolve("postgres")));
      ProcessHandle redis = orphan(ServerProcess.ofRedis(folder));
      run.destroyForcibly().waitFor();
      assertThat(ServerProcess.alive(postgres)).isTrue();
      assertThat(ServerProcess.alive(redis)).isTrue();

      try (Servers servers = Servers.prepare(TestServers.in(folder))) {
        assertThat(servers.reaped()).containsExactly("PostgreSQL", "Redis");
        assertThat(ServerProcess.alive(postgres)).isFalse();
        assertThat(ServerProcess.alive(redis)).isFalse();
        servers.start();
        assertThat(Sql.text(servers.postgres().jdbcUrl(), "select text from note"))
            .isEqualTo("kept");
      }
    } finally {
      run.destroyForcibly();
    }
  }

  @Test
  void leavesLivingRunAlone() throws Exception {
    Process run = run();
    try {
      String url = jdbcUrl(run);
      assertThatThrownBy(() -> Servers.prepare(TestServers.in(folder)))
          .isInstanceOf(CannotStartException.class)
          .hasMessageContaining("already runs on %s (process %d)".formatted(folder, run.pid()));
      assertThat(Sql.text(url, "select 1")).isEqualTo("1");
      assertThat(ServerProcess.ofRedis(folder).flatMap(ServerProcess::running)).isPresent();
    } finally {
      run.destroyForcibly().waitFor();
      Servers.prepare(TestServers.in(folder)).close();
    }
  }

  private Process run() throws IOException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-cp",
            System.getProperty("java.class.path"),
            KilledRun.class.getName(),
            folder.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static String jdbcUrl(Process run) throws IOException {
    BufferedReader output = run.inputReader();
    String line = output.readLine();
    while (line != null && !line.startsWith("started ")) {
      line = output.readLine();
    }
    assertThat(line).isNotNull();
    return line.substring("started ".length());
  }

  private static ProcessHandle orphan(Optional<ServerProcess> claim) {
    return claim.flatMap(ServerProcess::running).orElseThrow();
  }
}
