package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Pages of a named origin may use the API with a key; their browsers ask first, without one. */
@ExtendWith(SharedStack.class)
class CrossOriginIT {
  private static final String ORIGIN = "https://app.example.org";

  private final Map<String, String> properties;

  CrossOriginIT(Stack stack, Backends servers) {
    this.properties = new LinkedHashMap<>(servers.springProperties());
    properties.put("spring.datasource.url", stack.database().url());
    properties.put("api.cross-origin.origins", ORIGIN);
  }

  private static Client.Answer preflight(Client client, String origin) {
    return client.send(
        client
            .request("/v1/jobs")
            .headers(
                "Origin",
                origin,
                "Access-Control-Request-Method",
                "POST",
                "Access-Control-Request-Headers",
                "authorization,content-type")
            .method("OPTIONS", BodyPublishers.noBody())
            .build());
  }

  @Test
  void isGrantedToThatOriginAlone_andNeedsAKeyThen() {
    try (Application api = Application.api(properties);
        Client client = new Client(api.port())) {
      Client.Answer granted = preflight(client, ORIGIN);
      assertThat(granted.status()).isEqualTo(200);
      assertThat(granted.header("Access-Control-Allow-Origin")).contains(ORIGIN);
      assertThat(granted.header("Access-Control-Allow-Headers"))
          .hasValueSatisfying(headers -> assertThat(headers).contains("authorization"));
      assertThat(preflight(client, "https://other.example.org").status()).isEqualTo(403);

      assertThat(client.get("/v1/queues", "Origin", ORIGIN).status()).isEqualTo(401);
      Client.Answer answer =
          client.get(
              "/v1/queues", "Origin", ORIGIN, "Authorization", "Bearer " + Backends.ADMIN_KEY);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("Access-Control-Allow-Origin")).contains(ORIGIN);
      assertThat(answer.header("Access-Control-Expose-Headers"))
          .hasValueSatisfying(headers -> assertThat(headers).contains("RateLimit"));
    }
  }
}
