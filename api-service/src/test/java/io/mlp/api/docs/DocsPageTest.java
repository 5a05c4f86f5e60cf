package io.mlp.api.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.api.problem.ProblemType;
import io.mlp.api.problem.Problems;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** Asks for the page and for what it loads, as a browser does. */
@WebMvcTest(controllers = DocsController.class, properties = "spring.config.name=api")
@Import(Problems.Answers.class)
class DocsPageTest {
  private static final Pattern LINK = Pattern.compile("(?:src|href)=\"([^\"]+)\"");

  private final OpenApi openApi = OpenApi.read();
  private final MockMvcTester server;

  @Autowired
  DocsPageTest(MockMvcTester server) {
    this.server = server;
  }

  @ParameterizedTest
  @ValueSource(strings = {"/docs", "/docs/"})
  void isServedWithAndWithoutASlash(String path) {
    MvcTestResult page = server.get().uri(path).exchange();
    assertThat(page).hasStatusOk().hasContentTypeCompatibleWith("text/html");
    assertThat(page).bodyText().contains("<title>MLP API</title>");
  }

  @Test
  void runsNoScriptButThisServersFiles() {
    MvcTestResult page = server.get().uri("/docs").exchange();
    assertThat(page.getResponse().getHeader("Content-Security-Policy"))
        .contains("default-src 'none'", "script-src 'self';", "connect-src 'self';");
    assertThat(page).bodyText().doesNotContainPattern("<script(?![^>]* src=\"/)|\\son\\w+=");
  }

  @Test
  void loadsNothingThatIsNotServed() throws IOException {
    String page = new ClassPathResource("docs/index.html").getContentAsString(UTF_8);
    List<String> links = LINK.matcher(page).results().map(link -> link.group(1)).toList();
    assertThat(links).hasSize(5).allMatch(link -> link.startsWith("/"));
    assertThat(links).allSatisfy(link -> assertThat(server.get().uri(link)).hasStatusOk());
  }

  @ParameterizedTest
  @CsvSource({
    "/docs/page.js, text/javascript, SwaggerUIBundle({",
    "/docs/swagger-ui-bundle.js, text/javascript, SwaggerUIBundle",
    "/docs/swagger-ui.css, text/css, .swagger-ui"
  })
  void loadsFilesThatBrowsersKeepForAnHour(String path, String type, String content)
      throws IOException {
    MvcTestResult file = server.get().uri(path).exchange();
    assertThat(file).hasStatusOk().hasContentTypeCompatibleWith(type);
    assertThat(file).hasHeader("Cache-Control", "max-age=3600");
    assertThat(file).doesNotContainHeader("Last-Modified");
    // Not shown when it is missing, for the bundle is long.
    assertThat(file.getResponse().getContentAsString().contains(content)).isTrue();
  }

  /** Its own start page would load somebody else's API from the internet. */
  @Test
  void servesNoOtherPageOfSwaggerUi() throws IOException {
    String root = "META-INF/resources";
    Resource[] pages =
        new PathMatchingResourcePatternResolver()
            .getResources("classpath*:" + root + "/webjars/swagger-ui/*/index.html");
    assertThat(pages)
        .isNotEmpty()
        .allSatisfy(page -> {
          String path = page.getURL().getPath();
          assertThat(server.get().uri(path.substring(path.indexOf(root) + root.length())))
              .hasStatus(404);
        });
  }

  @Test
  void showsTheDescription() throws IOException {
    String yaml = new ClassPathResource("openapi.yaml").getContentAsString(UTF_8);
    assertThat(server.get().uri("/docs/page.js")).bodyText().contains("url: \"/openapi.yaml\"");
    MvcTestResult served = server.get().uri("/openapi.yaml").exchange();
    assertThat(served).hasStatusOk().hasContentType("application/yaml");
    assertThat(served.getResponse().getContentAsByteArray()).asString(UTF_8).isEqualTo(yaml);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nope",
        "/docs/nope.js",
        "/docs/index.html",
        "/docs/DocsController.class",
        "/api.yml",
        "/v1/nope"
      })
  void leavesUnknownPathsToProblems(String path) {
    MvcTestResult answer = server.get().uri(path).exchange();
    assertThat(answer).hasStatus(404).hasContentType("application/problem+json");
    openApi.assertDescribes("Problem", answer.getResponse().getContentAsByteArray());
  }

  @Test
  void leavesUnknownPathsOfTheProtocolToItsErrors() {
    MvcTestResult answer = server.get().uri("/v2/nope").exchange();
    assertThat(answer).hasStatus(404).hasContentType("application/json");
    openApi.assertDescribes("ProtocolError", answer.getResponse().getContentAsByteArray());
  }

  @ParameterizedTest
  @EnumSource(ProblemType.class)
  void explainsEveryProblem(ProblemType type) {
    assertThat(server.get().uri("/docs/problems/" + type.slug()))
        .hasStatusOk()
        .hasContentTypeCompatibleWith("text/html")
        .bodyText()
        .contains(type.title(), type.uri().toString(), type.cause(), type.cure());
  }

  @Test
  void explainsNoOther() {
    assertThat(server.get().uri("/docs/problems/nothing")).hasStatus(404);
  }

  @Test
  void isWhereThePathOfNothingLeads() {
    assertThat(server.get().uri("/")).hasStatus(302).hasHeader("Location", "/docs");
  }
}
