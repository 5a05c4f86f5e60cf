package io.mlp.local.servers;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Ends a server's process: asks, waits, asks harder, and kills only what does not listen. */
final class Ending {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private Ending() {}

  /** Ends PostgreSQL: fast shutdown, immediate shutdown, kill; each is safe for its data. */
  static void ofPostgres(ProcessHandle process) {
    // SIGTERM, which Java would send, waits for every client to go.
    end(process, List.of("INT", "QUIT"));
  }

  /** Ends Redis: shutdown, kill; it keeps nothing. */
  static void ofRedis(ProcessHandle process) {
    end(process, List.of("TERM"));
  }

  private static void end(ProcessHandle process, List<String> signals) {
    for (String signal : signals) {
      if (signaled(process, signal) && ended(process)) {
        return;
      }
    }
    if (!process.destroyForcibly() || !ended(process)) {
      throw CannotStartException.because(
          "Process %d of an earlier run does not end: end it by hand.".formatted(process.pid()));
    }
  }

  private static boolean ended(ProcessHandle process) {
    return Waiting.until(PATIENCE, () -> !ServerProcess.alive(process));
  }

  /** False where signals or the kill command do not exist. */
  private static boolean signaled(ProcessHandle process, String signal) {
    try {
      List<String> command = List.of("kill", "-" + signal, Long.toString(process.pid()));
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
