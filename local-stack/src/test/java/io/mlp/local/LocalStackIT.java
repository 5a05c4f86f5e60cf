package io.mlp.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.local.servers.Servers;
import io.mlp.local.servers.ServersSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person sees: the program itself, in a process of its own. */
class LocalStackIT {
  @TempDir private Path folder;

  @Test
  void saysOneSentence_whenPortIsTaken() throws Exception {
    try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      String port = Integer.toString(holder.getLocalPort());
      Run run = run(Map.of("API_PORT", port));
      assertThat(run.code()).isEqualTo(1);
      assertThat(run.output())
          .singleElement()
          .asString()
          .startsWith("Port %s is taken by ".formatted(port))
          .endsWith("end that one, or set API_PORT to a free port.");
      assertThat(folder.resolve("data/postgres")).doesNotExist();
    }
  }

  @Test
  void saysOneSentence_whenModelsAreMissing() throws Exception {
    Run run = run(Map.of("LOCAL_STACK_MODELS", folder.resolve("none").toString()));
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.output()).singleElement().asString().contains("LOCAL_STACK_MODELS");
  }

  @Test
  void saysOneSentence_whenAnotherOneRuns() throws Exception {
    try (Servers running = Servers.prepare(ServersSettings.in(folder.resolve("data")))) {
      Run run = run(Map.of());
      assertThat(run.code()).isEqualTo(1);
      assertThat(run.output()).singleElement().asString().contains("already runs");
      assertThat(running.reaped()).isEmpty();
    }
  }

  private Run run(Map<String, String> variables) throws IOException, InterruptedException {
    Path output = folder.resolve("output");
    ProcessBuilder program =
        new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-cp",
            System.getProperty("java.class.path"),
            LocalStack.class.getName());
    program.environment().putAll(defaults());
    program.environment().putAll(variables);
    int code = program.redirectErrorStream(true).redirectOutput(output.toFile()).start().waitFor();
    return new Run(code, Files.readString(output, StandardCharsets.UTF_8).lines().toList());
  }

  private Map<String, String> defaults() {
    return Map.of(
        "API_PORT", "0",
        "API_MANAGEMENT_PORT", "0",
        "WORKER_MANAGEMENT_PORT", "0",
        "LOCAL_STACK_DATA", folder.resolve("data").toString());
  }

  private record Run(int code, List<String> output) {}
}
