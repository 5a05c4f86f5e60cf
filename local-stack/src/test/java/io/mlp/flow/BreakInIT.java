package io.mlp.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;

/** Who has no key, or the wrong one, reads nothing and changes nothing. */
@ExtendWith(SharedStack.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BreakInIT {
  private static final String UNKNOWN = "mlp_" + "0".repeat(43);
  private static final Set<String> DIFFERENT_EACH_TIME = Set.of("date", "x-request-id");

  private final Client client;
  private final TeamKeys keys;
  private final IdleModel idle;
  private final TeamKeys.TeamKey vision;
  private final TeamKeys.TeamKey speech;
  private final Map<String, String[]> headers = new HashMap<>();

  BreakInIT(Stack stack) {
    this.client = stack.client();
    this.keys = new TeamKeys(client);
    this.idle = IdleModel.in(stack);
    this.vision = keys.make("vision", "submit");
    this.speech = keys.make("speech", "submit");
  }

  @AfterAll
  void removeJobs() {
    idle.close();
  }

  /** A cell of the table. */
  record Cell(String route, String who, int status) {
    @Override
    public String toString() {
      return route + " with " + who;
    }
  }

  static Stream<Cell> table() {
    List<List<String>> rows =
        text().lines().filter(line -> line.contains("|")).map(BreakInIT::cells).toList();
    List<String> who = rows.getFirst();
    List<Cell> cells = new ArrayList<>();
    for (List<String> row : rows.subList(1, rows.size())) {
      for (int i = 1; i < row.size(); i++) {
        String route = row.getFirst().replaceAll(" +", " ");
        cells.add(new Cell(route, who.get(i), Integer.parseInt(row.get(i))));
      }
    }
    return cells.stream();
  }

  private static String text() {
    try {
      return new ClassPathResource("break-in.txt").getContentAsString(UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> cells(String line) {
    return Stream.of(line.split("\\|", -1)).map(String::strip).toList();
  }

  @ParameterizedTest
  @MethodSource("table")
  void getsTheStatusThatIsDue(Cell cell) {
    String[] route = cell.route.split(" ", 2);

    Client.Answer answer =
        send(route[0], filled(route[1]), headers.computeIfAbsent(cell.who, this::headers));

    assertThat(answer.status()).as(answer.text()).isEqualTo(cell.status);
    if (cell.status == 401) {
      assertThat(answer.header("WWW-Authenticate"))
          .hasValueSatisfying(scheme -> assertThat(scheme).startsWith("Bearer realm=\"mlp\""));
      assertThat(answer.header("Problem-Type")).contains("urn:mlp:problem:unauthorized");
    }
    if (cell.route.contains("/v1/")) {
      assertThat(answer.header("Cache-Control")).contains("no-store");
    }
    assertThat(answer.header("X-Content-Type-Options")).contains("nosniff");
  }

  private String filled(String path) {
    String filled = path;
    if (path.contains("{job}")) {
      filled = filled.replace("{job}", succeeded().toString());
    }
    if (path.contains("{waiting}")) {
      filled = filled.replace("{waiting}", waiting().toString());
    }
    if (path.contains("{canceled}")) {
      UUID id = waiting();
      assertThat(send("POST", "/v1/jobs/%s/cancel".formatted(id), vision.header()).status())
          .isEqualTo(200);
      filled = filled.replace("{canceled}", id.toString());
    }
    if (path.contains("{key}")) {
      filled = filled.replace("{key}", keys.make("somebody", "read").id().toString());
    }
    return filled;
  }

  private UUID succeeded() {
    Client.Answer run = client.post(HeldOut.DIGITS.anyJob(), with(vision, "Prefer", "wait=30"));
    assertThat(run.status()).as(run.text()).isEqualTo(200);
    return UUID.fromString(run.json().path("id").asString());
  }

  private UUID waiting() {
    Client.Answer queued = client.post(idle.job(""), vision.header());
    assertThat(queued.status()).as(queued.text()).isEqualTo(202);
    return UUID.fromString(queued.json().path("id").asString());
  }

  private static String[] with(TeamKeys.TeamKey key, String... more) {
    return Stream.concat(Stream.of(key.header()), Stream.of(more)).toArray(String[]::new);
  }

  private String[] headers(String who) {
    return switch (who) {
      case "none" -> new String[] {"X-Forwarded-For", "192.0.2.7"};
      case "malformed" -> TeamKeys.headerOf("mlp_short");
      case "unknown" -> TeamKeys.headerOf(UNKNOWN);
      case "revoked" -> revoked();
      case "expired" -> expired();
      case "read" -> keys.make("vision", "read").header();
      case "submit" -> vision.header();
      case "other" -> speech.header();
      case "admin" -> TeamKeys.headerOf(Backends.ADMIN_KEY);
      default -> throw new IllegalArgumentException(who);
    };
  }

  private String[] revoked() {
    TeamKeys.TeamKey key = keys.make("vision", "admin");
    keys.revoke(key);
    return key.header();
  }

  private String[] expired() {
    String body =
        "{\"owner\":\"vision\",\"role\":\"admin\",\"expires_at\":\"%s\"}"
            .formatted(Instant.now().plusMillis(200));
    TeamKeys.TeamKey key = keys.make(body);
    await().until(() -> client.get("/v1/keys/self", key.header()).status() == 401);
    return key.header();
  }

  private Client.Answer send(String method, String path, String... headers) {
    boolean hasBody = path.equals("/v1/jobs") || path.startsWith("/v1/keys");
    HttpRequest.Builder request = client.request(path).headers(headers);
    if (hasBody && !method.equals("GET")) {
      request.header("Content-Type", "application/json");
    }
    return client.send(request.method(method, hasBody ? body(method, path) : nothing()).build());
  }

  private static HttpRequest.BodyPublisher nothing() {
    return BodyPublishers.noBody();
  }

  private HttpRequest.BodyPublisher body(String method, String path) {
    return switch (method + " " + path.replaceAll("[0-9a-f-]{36}", "{id}")) {
      case "POST /v1/jobs" -> BodyPublishers.ofString(idle.job(""));
      case "POST /v1/keys" -> BodyPublishers.ofString("{\"owner\":\"somebody\",\"role\":\"read\"}");
      case "PATCH /v1/keys/{id}" -> BodyPublishers.ofString("{\"description\":\"changed\"}");
      case "POST /v1/keys/{id}/rotate" -> BodyPublishers.ofString("{}");
      default -> nothing();
    };
  }

  /** A stranger's job is answered byte for byte as one that does not exist. */
  @ParameterizedTest
  @MethodSource("routesOfAJob")
  void findsNoStrangersJob(String route) {
    String[] methodAndPath = route.split(" ", 2);
    UUID unknown = UUID.fromString("01a20cc2" + succeeded().toString().substring(8));
    UUID strangers = route.contains("cancel") ? waiting() : succeeded();
    client.get("/v1/jobs/" + strangers, vision.header()); // it is in Redis now, if it is ever

    String found = told(methodAndPath, strangers);

    assertThat(found).isEqualTo(told(methodAndPath, unknown));
    assertThat(client.get("/v1/jobs/" + strangers, vision.header()).status()).isEqualTo(200);
  }

  static Stream<String> routesOfAJob() {
    return Stream.of(
        "GET /v1/jobs/%s",
        "HEAD /v1/jobs/%s",
        "GET /v1/jobs/%s?wait=1",
        "GET /v1/jobs/%s/result",
        "POST /v1/jobs/%s/cancel",
        "POST /v1/jobs/%s/retry",
        "DELETE /v1/jobs/%s");
  }

  /** The answer with the one id for the other, and without what no two answers share. */
  private String told(String[] methodAndPath, UUID id) {
    Client.Answer answer = send(methodAndPath[0], methodAndPath[1].formatted(id), speech.header());
    Map<String, List<String>> headers = new TreeMap<>(answer.response().headers().map());
    headers.keySet().removeIf(DIFFERENT_EACH_TIME::contains);
    String all = answer.status() + " " + headers + " " + answer.text();
    return all.replace(id.toString(), "{id}")
        .replaceAll("\"request_id\":\"[^\"]*\"", "\"request_id\":\"…\"");
  }

  @Test
  void listsNoStrangersJobs() {
    UUID strangers = waiting();
    assertThat(listed("", vision)).contains(strangers.toString());
    assertThat(listed("", speech)).doesNotContain(strangers.toString());
    assertThat(listed("?owner=vision", speech)).isEqualTo(listed("?owner=nobody", speech));
    assertThat(listed("?owner=vision&model=digits", speech)).isEqualTo("{\"jobs\":[]}");
  }

  @Test
  void listsAllJobsForAdministrators_orThoseOfAnOwner() {
    UUID one = waiting();
    UUID other =
        UUID.fromString(client.post(idle.job(""), speech.header()).json().path("id").asString());
    String[] admin = TeamKeys.headerOf(Backends.ADMIN_KEY);
    assertThat(client.get("/v1/jobs", admin).text()).contains(one.toString(), other.toString());
    assertThat(client.get("/v1/jobs?owner=speech", admin).text())
        .contains(other.toString())
        .doesNotContain(one.toString());
  }

  private String listed(String query, TeamKeys.TeamKey key) {
    return client.get("/v1/jobs" + query, key.header()).text();
  }

  @Test
  void takesTheSameIdempotencyKeyOfTwoOwnersForTwo() {
    String key = UUID.randomUUID().toString();
    String body = idle.job("");
    JsonNode first = client.post(body, with(vision, "Idempotency-Key", key)).json();
    Client.Answer second = client.post(body, with(speech, "Idempotency-Key", key));
    assertThat(second.header("Idempotency-Replayed")).isEmpty();
    assertThat(second.json().path("id")).isNotEqualTo(first.path("id"));
    assertThat(client.post(body, with(vision, "Idempotency-Key", key)).json().path("id"))
        .isEqualTo(first.path("id"));
  }

  @Test
  void takesNoAnswerFromAnotherOwnersJob() {
    String body = HeldOut.DIGITS.anyJob(",\"cache\":\"use\"");
    String[] first = with(keys.make("first", "submit"), "Prefer", "wait=30");
    String[] second = with(keys.make("second", "submit"), "Prefer", "wait=30");
    client.post(body, first);
    await().until(() -> cache(client.post(body, first)).equals("hit"));
    assertThat(cache(client.post(body, second))).isEqualTo("miss");
  }

  private static String cache(Client.Answer answer) {
    return answer.json().at("/metrics/cache").asString();
  }

  @Test
  void isOneOwnerWithAllItsKeys() {
    UUID id = waiting();
    TeamKeys.TeamKey old = keys.make("vision", "submit");
    TeamKeys.TeamKey rotated = rotated(old, "{\"overlap\":\"PT0S\"}");
    assertThat(client.get("/v1/jobs/" + id, rotated.header()).status()).isEqualTo(200);
    await().until(() -> client.get("/v1/jobs/" + id, old.header()).status() == 401);
  }

  private TeamKeys.TeamKey rotated(TeamKeys.TeamKey key, String body) {
    Client.Answer made = keys.act("POST", "/v1/keys/%s/rotate".formatted(key.id()), body);
    assertThat(made.status()).as(made.text()).isEqualTo(201);
    return new TeamKeys.TeamKey(
        UUID.fromString(made.json().path("id").asString()), made.json().path("key").asString());
  }

  @Test
  void usesTheModelsOfItsKeyAlone() {
    TeamKeys.TeamKey key =
        keys.make("{\"owner\":\"vision\",\"role\":\"submit\",\"models\":[\"digits\"]}");
    Client.Answer refused = client.post(idle.job(""), key.header());
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.json().at("/errors/0/pointer").asString()).isEqualTo("#/model");
    assertThat(client.get("/v1/models", key.header()).json().path("models"))
        .extracting(model -> model.path("name").asString())
        .containsExactly("digits");
    assertThat(client.get("/v1/models/iris", key.header()).status()).isEqualTo(403);
    assertThat(client.get("/v1/queues", key.header()).json().path("queues"))
        .extracting(queue -> queue.path("model").asString())
        .containsOnly("digits");
    assertThat(client.post(HeldOut.DIGITS.anyJob(), key.header()).status()).isEqualTo(202);
  }

  @Test
  void showsAKeyOnce() {
    TeamKeys.TeamKey key = keys.make("vision", "read");
    for (String path : List.of("/v1/keys", "/v1/keys/" + key.id(), "/v1/keys?owner=vision")) {
      assertThat(keys.act("GET", path, "").text())
          .contains(key.secret().substring(0, 12))
          .doesNotContain(key.secret());
    }
  }

  @Test
  void refusesBodiesThatAreNoKey() {
    assertThat(pointers("{}")).containsExactlyInAnyOrder("#/owner", "#/role");
    assertThat(
            pointers(
                "{\"owner\":\"anonymous\",\"role\":\"root\",\"models\":[],\"description\":7,"
                    + "\"expires_at\":\"2020-01-01T00:00:00Z\",\"colour\":1}"))
        .containsExactlyInAnyOrder(
            "#/owner", "#/role", "#/models", "#/description", "#/expires_at", "#/colour");
    assertThat(keys.act("POST", "/v1/keys", "[").status()).isEqualTo(400);
    assertThat(keys.act("POST", "/v1/keys", "[]").status()).isEqualTo(422);
  }

  private List<String> pointers(String body) {
    Client.Answer refused = keys.act("POST", "/v1/keys", body);
    assertThat(refused.status()).as(refused.text()).isEqualTo(422);
    return refused
        .json()
        .path("errors")
        .valueStream()
        .map(error -> error.path("pointer").asString())
        .toList();
  }

  @Test
  void changesNoKeyThatIsRevoked() {
    TeamKeys.TeamKey key = keys.make("vision", "read");
    keys.revoke(key);
    keys.revoke(key);
    String path = "/v1/keys/" + key.id();
    assertThat(keys.act("PATCH", path, "{\"expires_at\":null}").status()).isEqualTo(409);
    assertThat(keys.act("POST", path + "/rotate", "{}").status()).isEqualTo(409);
  }

  @Test
  void needsNoKeyOnThisMachine_butNoWrongOne() {
    assertThat(client.get("/v1/keys/self").json().path("owner").asString())
        .isEqualTo(Backends.OWNER);
    assertThat(client.get("/v1/keys/self", "Authorization", "Bearer " + UNKNOWN).status())
        .isEqualTo(401);
    assertThat(client.get("/v1/keys/self", "Authorization", "Basic YTpi").status()).isEqualTo(401);
    assertThat(client.get("/v1/keys/self", "Via", "1.1 proxy").status()).isEqualTo(401);
  }

  @Test
  void namesItsKeyInTheJob() {
    assertThat(idle.submittedWith(waiting())).isEqualTo(vision.secret().substring(0, 12));
  }
}
