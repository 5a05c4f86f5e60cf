package io.mlp.local;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mlp.local.servers.Servers;
import io.mlp.local.servers.ServersSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a person sees: the program itself, in a process of its own. */
class LocalStackIT {
  private static final Duration START = Duration.ofSeconds(90);

  @TempDir private Path folder;

  @AfterEach
  void endWhatWasLeft() {
    Servers.prepare(ServersSettings.in(folder.resolve("data"))).close();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void givesFirstResult_byPastingItsLastLine_andStopsWithoutATrace() throws Exception {
    Process stack = start(Map.of());
    try {
      await().atMost(START).until(() -> !stack.isAlive() || output().contains("curl "));
      assertThat(output()).contains("MLP is ready");
      assertThat(shell(output().lines().toList().getLast())).contains("\"status\":\"succeeded\"");

      stack.destroy();
      assertThat(stack.waitFor(20, SECONDS)).isTrue();
      assertThat(stack.exitValue()).isEqualTo(128 + 15);
      try (Servers next = Servers.prepare(ServersSettings.in(folder.resolve("data")))) {
        assertThat(next.reaped()).isEmpty();
      }
    } finally {
      stack.destroyForcibly().waitFor();
    }
  }

  @Test
  void saysOneSentence_whenPortIsTaken() throws Exception {
    try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      String port = Integer.toString(holder.getLocalPort());
      assertThat(sentence(Map.of("API_PORT", port)))
          .startsWith("Port %s is taken by ".formatted(port))
          .endsWith("end that one, or set API_PORT to a free port.");
      assertThat(folder.resolve("data/postgres")).doesNotExist();
    }
  }

  @Test
  void saysOneSentence_whenModelsAreMissing() throws Exception {
    assertThat(sentence(Map.of("LOCAL_STACK_MODELS", folder.resolve("none").toString())))
        .contains("LOCAL_STACK_MODELS");
  }

  @Test
  void saysOneSentence_whenAnotherOneRuns() throws Exception {
    try (Servers running = Servers.prepare(ServersSettings.in(folder.resolve("data")))) {
      assertThat(sentence(Map.of())).contains("already runs");
      assertThat(running.reaped()).isEmpty();
    }
  }

  /** The only line of a run that fails. */
  private String sentence(Map<String, String> variables) throws Exception {
    assertThat(start(variables).waitFor()).isEqualTo(1);
    List<String> lines = output().lines().toList();
    assertThat(lines).hasSize(1);
    return lines.getFirst();
  }

  private Process start(Map<String, String> variables) throws IOException {
    ProcessBuilder program =
        new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            LocalStack.class.getName());
    program.environment().put("API_PORT", "0");
    program.environment().put("API_MANAGEMENT_PORT", "0");
    program.environment().put("WORKER_MANAGEMENT_PORT", "0");
    program.environment().put("LOCAL_STACK_DATA", folder.resolve("data").toString());
    program.environment().putAll(variables);
    return program
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("output").toFile())
        .start();
  }

  private String output() throws IOException {
    return Files.readString(folder.resolve("output"), StandardCharsets.UTF_8).strip();
  }

  private static String shell(String command) throws Exception {
    Process shell = new ProcessBuilder("sh", "-c", command).start();
    String answer = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    shell.waitFor();
    return answer;
  }
}
