package io.mlp.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.images.Dockerfile.Difference;
import io.mlp.local.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The two services' images are built alike; who changes one of the two files changes the other. */
class DockerfilesTest {
  private static final List<Difference> OF_THE_API =
      List.of(
          new Difference("\\bapi\\b", "<service>"),
          new Difference("^EXPOSE 4789 4790$", "EXPOSE <ports>"),
          new Difference("\"4789\", \"/v2/health/ready\", \"/v2/health/live\"", "<health>"));
  private static final List<Difference> OF_THE_WORKER =
      List.of(
          new Difference("\\bworker\\b", "<service>"),
          new Difference("^EXPOSE 4791$", "EXPOSE <ports>"),
          new Difference(
              "\"4791\", \"/actuator/health/readiness\", \"/actuator/health/liveness\"",
              "<health>"),
          // For ONNX Runtime, which the api does without.
          new Difference("^# ONNX Runtime.*$", ""),
          new Difference("^WORKDIR /jar$", ""),
          new Difference("^RUN jar xf /extracted/dependencies/lib/onnxruntime-.*$", ""),
          new Difference("^COPY --from=build /native/ \\./native/$", ""),
          new Difference("^ENV LANG=\\S+ LC_ALL=\\S+ ORT_DISABLE_TELEMETRY=1$", ""),
          new Difference(
              " --enable-native-access=ALL-UNNAMED -Donnxruntime.native.path=/app/native", ""));

  private final Dockerfile api = read("Dockerfile.api", OF_THE_API);
  private final Dockerfile worker = read("Dockerfile.worker", OF_THE_WORKER);

  DockerfilesTest() throws IOException {}

  @Test
  void areTheSameButForWhatRightlyDiffers() {
    assertThat(worker.commonLines()).isNotEmpty().containsExactlyElementsOf(api.commonLines());
  }

  @Test
  void differWhereverTheyShould() {
    assertThat(api.differences()).allMatch(difference -> difference.isIn(api.text()));
    assertThat(worker.differences()).allMatch(difference -> difference.isIn(worker.text()));
  }

  @Test
  void areNoLongerTheSameWithoutAnyOneLine() {
    List<String> lines = api.text().lines().toList();
    int afterTheOpening = (int) lines.stream().takeWhile(line -> line.startsWith("#")).count();
    for (int i = afterTheOpening; i < lines.size(); i++) {
      List<String> others = new ArrayList<>(lines);
      if (!others.remove(i).isBlank()) {
        Dockerfile shorter = new Dockerfile(String.join("\n", others) + "\n", OF_THE_API);
        assertThat(shorter.commonLines()).isNotEqualTo(worker.commonLines());
      }
    }
  }

  @Test
  void areNotTheSameWhereOneWasCopiedFromTheOtherUnchanged() {
    assertThat(
            List.of(
                "RUN mvn -pl api-service package",
                "EXPOSE 4789 4790",
                "HEALTHCHECK CMD [\"/app/healthcheck\", \"4789\", \"/v2/health/ready\", \"/v2/health/live\"]",
                "LABEL image.ref.name=cas.mlp.api"))
        .allSatisfy(line ->
            assertThat(new Dockerfile(line, OF_THE_WORKER).commonLines())
                .isNotEqualTo(new Dockerfile(line, OF_THE_API).commonLines()));
  }

  @Test
  void mayLayOutWhatDiffersAsTheyLike() {
    String api =
        "# The api\nENV A=1\nCOPY api-service/src api-service/src\nLABEL x.title=\"the api\"\n";
    String worker =
        """
        # The worker

        WORKDIR /jar
        ENV A=1
        COPY \\
          worker-service/src worker-service/src
        LABEL x.title="what works"
        """;
    assertThat(new Dockerfile(worker, OF_THE_WORKER).commonLines())
        .isEqualTo(new Dockerfile(api, OF_THE_API).commonLines());
  }

  private static Dockerfile read(String name, List<Difference> differences) throws IOException {
    return new Dockerfile(Files.readString(Checkout.locate().root().resolve(name)), differences);
  }
}
