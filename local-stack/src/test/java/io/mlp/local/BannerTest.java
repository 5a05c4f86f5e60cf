package io.mlp.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BannerTest {
  private static final String MODELS =
      """
      {"models": [
        {"name": "digits", "versions": [{"version": "1", "state": "ready"}]},
        {"name": "iris", "versions": [
          {"version": "1", "state": "failed"}, {"version": "2", "state": "ready"}]}]}
      """;

  @Test
  void isAlignedAndEndsWithTheLineToPaste() {
    assertThat(banner(Optional.of("curl …")).text().replace(System.lineSeparator(), "\n"))
        .isEqualTo(
            """

            MLP is ready after 9.8 s.

              api         http://127.0.0.1:4789
              docs        http://127.0.0.1:4789/docs
              models      digits 1, iris 2
                          failed to load: iris 1 (see /v1/models)
              PostgreSQL  jdbc:…
                          psql …
              Redis       redis://…
              AMQP        amqp://…
              metrics     http://a
                          http://w
              data        /checkout/.local-stack, kept over restarts; stop and delete it to begin anew

            For trying and developing; docker compose is for running. Ctrl-C stops everything.
            Try it:

            curl …
            """);
  }

  @Test
  void endsWithoutLineToPaste_whenNoModelHasAnExample() {
    assertThat(banner(Optional.empty()).text().strip()).endsWith("Ctrl-C stops everything.");
  }

  private static Banner banner(Optional<String> example) {
    return new Banner(
        URI.create("http://127.0.0.1:4789"),
        List.of("http://a", "http://w"),
        List.of("jdbc:…", "psql …"),
        "redis://…",
        "amqp://…",
        Banner.lines(Catalogue.read(MODELS)),
        Path.of("/checkout/.local-stack"),
        Duration.ofMillis(9_800),
        example);
  }
}
