package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Whatever is done to a job or key leaves a row that tells who did it; what fails leaves none. */
@ExtendWith(SharedStack.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditIT {
  private static final String UNLUCKY = "unlucky";
  private static final String CHECK = "check (%s <> '" + UNLUCKY + "') not valid";

  private final Client client;
  private final Database database;
  private final JdbcClient sql;
  private final TeamKeys keys;
  private final IdleModel idle;
  private final TeamKeys.TeamKey vision;

  AuditIT(Stack stack) {
    this.client = stack.client();
    this.database = stack.database();
    this.sql = database.sql();
    this.keys = new TeamKeys(client);
    this.idle = IdleModel.in(stack);
    this.vision = keys.make("vision", "submit");
  }

  @AfterAll
  void removeJobs() {
    idle.close();
  }

  private UUID waiting(TeamKeys.TeamKey key) {
    Client.Answer queued =
        client.post(idle.job(",\"metadata\":{\"patient\":\"Mustermann\"}"), key.header());
    assertThat(queued.status()).as(queued.text()).isEqualTo(202);
    return UUID.fromString(queued.json().path("id").asString());
  }

  private Client.Answer cancel(UUID id, String... headers) {
    return send("POST", "/v1/jobs/%s/cancel".formatted(id), headers);
  }

  private Client.Answer retry(UUID id, String... headers) {
    return send("POST", "/v1/jobs/%s/retry".formatted(id), headers);
  }

  private Client.Answer delete(UUID id, String... headers) {
    return send("DELETE", "/v1/jobs/" + id, headers);
  }

  private Client.Answer send(String method, String path, String... headers) {
    HttpRequest.Builder request = client.request(path).method(method, BodyPublishers.noBody());
    return client.send((headers.length == 0 ? request : request.headers(headers)).build());
  }

  private static String[] admin() {
    return TeamKeys.headerOf(Backends.ADMIN_KEY);
  }

  private JsonNode page(String query) {
    Client.Answer answer = client.get("/v1/audit?" + query, admin());
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json();
  }

  /** What was done to it, newest first: act, owner, key and owner of the subject. */
  private List<String> told(UUID subject) {
    return page("subject=" + subject)
        .path("audit")
        .valueStream()
        .map(row ->
            "%s %s %s %s"
                .formatted(
                    row.path("act").asString(),
                    row.path("owner").asString(),
                    row.path("key").asString(),
                    row.path("subject_owner").asString()))
        .toList();
  }

  private static String prefix(TeamKeys.TeamKey key) {
    return key.secret().substring(0, 12);
  }

  @Test
  void tellsWhoCanceledRetriedAndDeletedAJob() {
    UUID id = waiting(vision);
    assertThat(cancel(id, vision.header()).status()).isEqualTo(200);
    assertThat(retry(id, admin()).status()).isEqualTo(202);
    assertThat(cancel(id).status()).as("from this machine, without a key").isEqualTo(200);
    assertThat(delete(id, vision.header()).status()).isEqualTo(204);
    String itself = "vision " + prefix(vision) + " vision";
    assertThat(told(id))
        .containsExactly(
            "delete_job " + itself,
            "cancel_job tests loopback vision",
            "retry_job admin bootstrap-admin vision",
            "cancel_job " + itself);
  }

  @Test
  void tellsTheRequestAndTheTime() {
    UUID id = waiting(vision);
    Instant before = Instant.now().minusSeconds(5);
    String[] headers = {"Authorization", "Bearer " + vision.secret(), "X-Request-Id", "r-" + id};
    assertThat(cancel(id, headers).status()).isEqualTo(200);
    JsonNode row = page("subject=" + id).at("/audit/0");
    assertThat(row.path("request_id").asString()).isEqualTo("r-" + id);
    assertThat(Instant.parse(row.path("at").asString()))
        .isBetween(before, Instant.now().plusSeconds(5));
    assertThat(row.has("details")).isFalse();
  }

  @Test
  void tellsWhatWasDoneToAKey_andWhichMembersChanged() {
    TeamKeys.TeamKey key =
        keys.make("{\"owner\":\"speech\",\"role\":\"read\",\"description\":\"Mustermann\"}");
    String path = "/v1/keys/" + key.id();
    keys.act("PATCH", path, "{\"models\":[\"digits\"],\"description\":\"Mustermann\"}");
    JsonNode next = keys.act("POST", path + "/rotate", "{}").json();
    keys.revoke(key);
    assertThat(told(key.id()))
        .containsExactly(
            "revoke_key admin bootstrap-admin speech",
            "rotate_key admin bootstrap-admin speech",
            "change_key admin bootstrap-admin speech",
            "create_key admin bootstrap-admin speech");
    assertThat(page("subject=" + key.id()).path("audit"))
        .extracting(row -> row.path("details").toString())
        .containsExactly(
            "{\"changed\":[\"revoked_at\"]}",
            "{\"changed\":[\"expires_at\"],\"successor\":%s}".formatted(next.path("id")),
            "{\"changed\":[\"models\"]}",
            "{\"changed\":[\"owner\",\"role\",\"description\"]}");
  }

  @Test
  void tellsNothingOfWhatChangedNothing() {
    UUID id = waiting(vision);
    TeamKeys.TeamKey other = keys.make("speech", "submit");
    TeamKeys.TeamKey reader = keys.make("vision", "read");
    assertThat(retry(id, vision.header()).status()).isEqualTo(409);
    assertThat(delete(id, vision.header()).status()).isEqualTo(409);
    assertThat(cancel(id, other.header()).status()).isEqualTo(404);
    assertThat(cancel(id, reader.header()).status()).isEqualTo(403);
    assertThat(told(id)).isEmpty();
    assertThat(cancel(id, vision.header()).status()).isEqualTo(200);
    assertThat(cancel(id, vision.header()).status()).isEqualTo(200);
    assertThat(told(id)).hasSize(1);
  }

  @Test
  void tellsNothingOfKeysThatStayAsTheyAre() {
    String until = "\"expires_at\":\"2199-01-01T00:00:00.123456789Z\"";
    TeamKeys.TeamKey key =
        keys.make("{\"owner\":\"speech\",\"role\":\"read\",%s}".formatted(until));
    String path = "/v1/keys/" + key.id();
    for (String body : List.of("{}", "{\"description\":null}", "{%s}".formatted(until))) {
      assertThat(keys.act("PATCH", path, body).status()).isEqualTo(200);
    }
    assertThat(keys.act("PATCH", path, "{\"description\":7}").status()).isEqualTo(422);
    assertThat(told(key.id())).hasSize(1);
    keys.revoke(key);
    keys.revoke(key);
    assertThat(keys.act("PATCH", path, "{\"description\":\"x\"}").status()).isEqualTo(409);
    assertThat(keys.act("POST", path + "/rotate", "{}").status()).isEqualTo(409);
    assertThat(told(key.id())).hasSize(2);
  }

  @Test
  void tellsOnceOfCancelsAtTheSameMoment() {
    UUID id = waiting(vision);
    List<Client.Answer> answers =
        Client.sideBySide(8, Collections.nCopies(8, id), job -> cancel(job, vision.header()));
    assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isEqualTo(200));
    assertThat(told(id)).hasSize(1);
  }

  /** The row is refused, so what it tells of is not done. */
  @Test
  void doesNothingToAJobThatItCannotTellOf() {
    TeamKeys.TeamKey unlucky = keys.make(UNLUCKY, "submit");
    UUID queued = waiting(unlucky);
    UUID canceled = waiting(unlucky);
    assertThat(cancel(canceled, unlucky.header()).status()).isEqualTo(200);
    whileRefused(
        "audit",
        "subject_owner",
        () -> {
          assertThat(cancel(queued, unlucky.header()).status()).isEqualTo(500);
          assertThat(retry(canceled, unlucky.header()).status()).isEqualTo(500);
          assertThat(delete(canceled, unlucky.header()).status()).isEqualTo(500);
        });
    assertThat(client.job(queued).path("status").asString()).isEqualTo("queued");
    assertThat(client.job(canceled).path("status").asString()).isEqualTo("canceled");
    assertThat(told(queued)).isEmpty();
    assertThat(told(canceled)).hasSize(1);
  }

  @Test
  void doesNothingToAKeyThatItCannotTellOf() {
    TeamKeys.TeamKey unlucky = keys.make(UNLUCKY, "read");
    String path = "/v1/keys/" + unlucky.id();
    long before = database.count("api_key where owner = ?", UNLUCKY);
    String body = "{\"owner\":\"%s\",\"role\":\"read\"}".formatted(UNLUCKY);
    whileRefused(
        "audit",
        "subject_owner",
        () -> {
          assertThat(keys.act("POST", "/v1/keys", body).status()).isEqualTo(500);
          assertThat(keys.act("PATCH", path, "{\"description\":\"x\"}").status()).isEqualTo(500);
          assertThat(keys.act("POST", path + "/rotate", "{}").status()).isEqualTo(500);
          assertThat(keys.act("POST", path + "/revoke", "").status()).isEqualTo(500);
        });
    assertThat(database.count("api_key where owner = ?", UNLUCKY)).isEqualTo(before);
    JsonNode key = keys.act("GET", path, "").json();
    assertThat(key.has("description") || key.has("revoked_at") || key.has("expires_at")).isFalse();
  }

  /** The act is refused by the database after its row was written. */
  @Test
  void tellsNothingOfWhatTheDatabaseRefused() {
    TeamKeys.TeamKey unlucky = keys.make(UNLUCKY, "submit");
    UUID queued = waiting(unlucky);
    String body = "{\"owner\":\"%s\",\"role\":\"read\"}".formatted(UNLUCKY);
    long before = database.count("audit where subject_owner = ?", UNLUCKY);
    whileRefused(
        "api_key",
        "owner",
        () -> {
          assertThat(keys.act("POST", "/v1/keys", body).status()).isEqualTo(500);
          assertThat(keys.act("POST", "/v1/keys/%s/revoke".formatted(unlucky.id()), "").status())
              .isEqualTo(500);
        });
    whileRefused("job", "owner", () -> assertThat(cancel(queued, admin()).status()).isEqualTo(500));
    assertThat(database.count("audit where subject_owner = ?", UNLUCKY)).isEqualTo(before);
  }

  /** Rows of that owner cannot be written meanwhile. */
  private void whileRefused(String table, String column, Runnable acts) {
    sql.sql("alter table %s add constraint no_luck ".formatted(table) + CHECK.formatted(column))
        .update();
    try {
      acts.run();
    } finally {
      sql.sql("alter table %s drop constraint no_luck".formatted(table)).update();
    }
  }

  @Test
  void holdsNoSecretAndNothingOfAJob() {
    TeamKeys.TeamKey key =
        keys.make("{\"owner\":\"speech\",\"role\":\"submit\",\"description\":\"Mustermann\"}");
    UUID id = waiting(key);
    cancel(id, key.header());
    delete(id, key.header());
    String next =
        keys.act("POST", "/v1/keys/%s/rotate".formatted(key.id()), "{}")
            .json()
            .path("key")
            .asString();
    String all =
        sql.sql("select string_agg(a::text, ' ') from audit a").query(String.class).single();
    assertThat(all).contains(prefix(key), id.toString(), key.id().toString());
    for (String secret : List.of(key.secret(), next, vision.secret(), Backends.ADMIN_KEY)) {
      assertThat(all).doesNotContain(secret, secret.substring(12));
    }
    assertThat(all).doesNotContain("Mustermann");
  }

  @Test
  void comesInPagesWithoutGapsOrDoubles_whileMoreIsDone() {
    UUID id = waiting(vision);
    moveToAndFro(id, 12);
    List<UUID> whole = ids(page("limit=100&subject=" + id));
    assertThat(whole).hasSize(24).isSortedAccordingTo(Collections.reverseOrder(AuditIT::compared));
    List<UUID> seen = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = page("limit=5&subject=%s%s".formatted(id, cursor));
      assertThat(page.path("audit").size()).isLessThanOrEqualTo(5);
      seen.addAll(ids(page));
      moveToAndFro(id, 1);
      cursor = page.has("next") ? "&cursor=" + page.path("next").asString() : "";
    } while (!cursor.isEmpty());
    assertThat(seen).containsExactlyElementsOf(whole);
  }

  private void moveToAndFro(UUID id, int times) {
    for (int i = 0; i < times; i++) {
      assertThat(cancel(id, vision.header()).status()).isEqualTo(200);
      assertThat(retry(id, vision.header()).status()).isEqualTo(202);
    }
  }

  private static int compared(UUID one, UUID other) {
    return one.toString().compareTo(other.toString());
  }

  private static List<UUID> ids(JsonNode page) {
    return page.path("audit")
        .valueStream()
        .map(row -> UUID.fromString(row.path("id").asString()))
        .toList();
  }

  @Test
  void isAskedForAnOwnerOrAnAct() {
    TeamKeys.TeamKey boss = keys.make("boss-" + UUID.randomUUID(), "admin");
    await().until(() -> client.get("/v1/audit", boss.header()).status() == 200);
    UUID id = waiting(vision);
    cancel(id, boss.header());
    retry(id, boss.header());
    String owner = client.get("/v1/keys/self", boss.header()).json().path("owner").asString();
    assertThat(page("owner=" + owner).path("audit"))
        .extracting(row -> row.path("act").asString())
        .containsExactly("retry_job", "cancel_job");
    assertThat(page("act=cancel_job&owner=" + owner).path("audit").size()).isEqualTo(1);
    assertThat(page("owner=nobody").path("audit").size()).isZero();
    assertThat(page("act=rotate_key").path("audit"))
        .allSatisfy(row -> assertThat(row.path("act").asString()).isEqualTo("rotate_key"));
  }

  @ParameterizedTest
  @CsvSource({
    "limit, 0",
    "limit, 101",
    "limit, few",
    "act, submit_job",
    "act, ''",
    "owner, %00",
    "subject, 1-1-1-1-1",
    "subject, job",
    "cursor, next"
  })
  void refusesAParameterThatMakesNoSense(String name, String value) {
    Client.Answer refused = client.get("/v1/audit?%s=%s".formatted(name, value), admin());
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.header("Problem-Type")).contains("urn:mlp:problem:invalid-parameter");
    assertThat(refused.json().at("/errors/0/parameter").asString()).isEqualTo(name);
  }
}
