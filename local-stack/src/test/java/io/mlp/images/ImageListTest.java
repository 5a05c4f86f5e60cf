package io.mlp.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.testcontainers.utility.DockerImageName;

class ImageListTest {
  private static final ImageList LIST =
      ImageList.in(
          """
          services:
            sea:
              image: ${SEA_IMAGE:-sea:1.2.3-salt}
            land:
              image: ${LAND_IMAGE:-earth/land:v4.5.6}
            api:
              image: ${API_IMAGE:-cas.mlp.api}
              build: { args: { SEA_IMAGE: "${SEA_IMAGE:-sea:1.2.3-salt}" } }
          """);

  @Test
  void holdsTheDefaultsOfTheComposeFileButNotWhatIsBuiltHere() {
    assertThat(LIST.byVariable())
        .isEqualTo(
            Map.of(
                "SEA_IMAGE", new Image("sea", "1.2.3-salt"),
                "LAND_IMAGE", new Image("earth/land", "v4.5.6")));
  }

  @Test
  void refusesTwoDefaultsOfOneVariable() {
    assertThatThrownBy(() -> ImageList.in("${SEA_IMAGE:-sea:1.2.3} ${SEA_IMAGE:-sea:1.2.4}"))
        .hasMessage("SEA_IMAGE: sea:1.2.3 and sea:1.2.4");
  }

  @ParameterizedTest
  @CsvSource({
    "localhost:5000/sea:7, localhost:5000/sea, 7",
    "localhost:5000/sea, localhost:5000/sea, ''"
  })
  void tellsATagFromARegistrysPort(String text, String name, String tag) {
    assertThat(Image.parse(text)).isEqualTo(new Image(name, tag)).hasToString(text);
  }

  @Test
  void givesTheImageOfAVariable() {
    assertThat(LIST.image("SEA_IMAGE", "sea", Map.of())).hasToString("sea:1.2.3-salt");
  }

  @Test
  void letsTheEnvironmentNameAnotherImageThatModulesTakeForTheirs() {
    Map<String, String> environment = Map.of("SEA_IMAGE", "mirror.example/blue/sea:9");
    DockerImageName image = LIST.image("SEA_IMAGE", "sea", environment);
    assertThat(image).hasToString("mirror.example/blue/sea:9");
    assertThat(image.isCompatibleWith(DockerImageName.parse("sea"))).isTrue();
  }

  @Test
  void takesAnEmptyVariableForNone() {
    assertThat(LIST.image("SEA_IMAGE", "sea", Map.of("SEA_IMAGE", "")))
        .hasToString("sea:1.2.3-salt");
  }

  @Test
  void namesTheVariableThatTheComposeFileLacks() {
    assertThatThrownBy(() -> LIST.image("SKY_IMAGE", "sky", Map.of()))
        .hasMessage("SKY_IMAGE: not in docker-compose.yml, which knows [LAND_IMAGE, SEA_IMAGE]");
  }

  @ParameterizedTest
  @CsvSource({"sea, 1.2.3", "sea, v1.2.3", "sea, 1.2.3.4_5-salt-25", "postgres, 1.2-salt"})
  void takesAWholeVersionForPinned(String name, String tag) {
    assertThat(new Image(name, tag).isPinned()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "sea, ''",
    "sea, latest",
    "sea, v1",
    "sea, 1",
    "sea, 1.2",
    "sea, 1.2-salt-25",
    "postgres, 1-salt"
  })
  void takesAnyOtherTagForFloating(String name, String tag) {
    assertThat(new Image(name, tag).isPinned()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sea:1",
        "FROM sea:latest",
        "image: \"sea:1.2.3\"",
        "`sea:1.2.3-pepper`",
        "registry.example/sea:1",
        "registry.example/library/sea:1, which",
        "SEA_IMAGE=sea:2.",
        "earth/land:v4"
      })
  void findsWhereATextNamesAnotherTag(String text) {
    assertThat(LIST.otherTagsIn(text)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "It is sea:1.2.3-salt.",
        "earth/land:v4.5.6",
        "http://sea:8080/",
        "sea:5432",
        "a sea: it is blue",
        "undersea:1",
        "org.sea:1",
        "other/sea:1"
      })
  void mindsNothingElse(String text) {
    assertThat(LIST.otherTagsIn(text)).isEmpty();
  }
}
