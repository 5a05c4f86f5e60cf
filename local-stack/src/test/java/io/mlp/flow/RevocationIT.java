package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What one replica is told of keys, the others go by. */
@ExtendWith(SharedStack.class)
class RevocationIT {
  private final Stack stack;
  private final Map<String, String> properties;

  RevocationIT(Stack stack, Backends servers) {
    this.stack = stack;
    this.properties = new LinkedHashMap<>(servers.springProperties());
    properties.put("spring.datasource.url", stack.database().url());
  }

  @Test
  void isGoneFromEveryReplicaWithinFiveSeconds_withoutRedisToo() {
    properties.put("spring.data.redis.port", "1"); // nobody listens there
    TeamKeys keys = new TeamKeys(stack.client());
    try (Application other = Application.api(properties);
        Client client = new Client(other.port())) {
      TeamKeys.TeamKey key = keys.make("vision", "read");
      assertThat(client.get("/v1/keys/self", key.header()).status()).isEqualTo(200);

      keys.revoke(key);

      assertThat(stack.client().get("/v1/keys/self", key.header()).status()).isEqualTo(401);
      await()
          .atMost(Duration.ofSeconds(5))
          .until(() -> client.get("/v1/keys/self", key.header()).status() == 401);
    }
  }
}
