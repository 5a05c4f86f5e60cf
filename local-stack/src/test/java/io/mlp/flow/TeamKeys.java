package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Makes keys with the administrator's key of the settings. */
final class TeamKeys {
  private final Client client;

  TeamKeys(Client client) {
    this.client = client;
  }

  /** A key that was made. */
  record TeamKey(UUID id, String secret) {
    String[] header() {
      return headerOf(secret);
    }
  }

  /** From elsewhere than this machine, so that who has no key is nobody. */
  static String[] headerOf(String key) {
    return new String[] {"X-Forwarded-For", "192.0.2.7", "Authorization", "Bearer " + key};
  }

  TeamKey make(String owner, String role) {
    return make("{\"owner\":\"%s\",\"role\":\"%s\"}".formatted(owner, role));
  }

  TeamKey make(String body) {
    Client.Answer made = act("POST", "/v1/keys", body);
    assertThat(made.status()).as(made.text()).isEqualTo(201);
    JsonNode key = made.json();
    assertThat(made.header("Location")).contains("/v1/keys/" + key.path("id").asString());
    return new TeamKey(UUID.fromString(key.path("id").asString()), key.path("key").asString());
  }

  /** Does something as the administrator. */
  Client.Answer act(String method, String path, String body) {
    return client.send(
        client
            .request(path)
            .headers(headerOf(Backends.ADMIN_KEY))
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body))
            .build());
  }

  void revoke(TeamKey key) {
    assertThat(act("POST", "/v1/keys/%s/revoke".formatted(key.id), "").status()).isEqualTo(200);
  }
}
