package io.mlp.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStringCommands;
import org.springframework.data.redis.connection.SetCondition;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.types.Expiration;

/** As much of Redis as keeps values and reads many at once, in memory. */
final class FakeRedis {
  private final Map<String, byte[]> values = new HashMap<>();
  private final Map<String, Long> seconds = new HashMap<>();
  private int lookUps;
  private boolean away;

  StringRedisTemplate template() {
    return new StringRedisTemplate(
        proxy(
            RedisConnectionFactory.class,
            (method, _) -> method.getName().equals("getConnection") ? connection() : null));
  }

  RedisConnection connection() {
    return proxy(
        RedisConnection.class,
        (method, arguments) ->
            switch (method.getName()) {
              case "stringCommands" -> proxy(RedisStringCommands.class, this::command);
              case "mGet", "set" -> command(method, arguments);
              default -> null;
            });
  }

  private @Nullable Object command(Method method, Object[] arguments) {
    return switch (method.getName()) {
      case "mGet" -> {
        lookUps++;
        if (away) {
          throw new QueryTimeoutException("after 250 ms");
        }
        yield Arrays.stream((byte[][]) arguments[0]).map(key -> values.get(text(key))).toList();
      }
      case "set" -> {
        if (away) {
          throw new QueryTimeoutException("after 250 ms");
        }
        String key = text((byte[]) arguments[0]);
        boolean written =
            !values.containsKey(key)
                || ((SetCondition) arguments[2]).getKeyCondition()
                    == SetCondition.upsert().getKeyCondition();
        if (written) {
          seconds.put(key, ((Expiration) arguments[3]).getExpirationTimeInSeconds());
          values.put(key, (byte[]) arguments[1]);
        }
        yield written;
      }
      default -> throw new UnsupportedOperationException(method.toString());
    };
  }

  private static String text(byte[] key) {
    return new String(key, UTF_8);
  }

  private interface Answer {
    @Nullable Object to(Method method, Object[] arguments);
  }

  private static <T> T proxy(Class<T> type, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> {
              Object given = answer.to(method, arguments);
              return given == null && method.getReturnType() == boolean.class ? false : given;
            }));
  }

  void goAway() {
    away = true;
  }

  /** The values by their keys. */
  Map<String, byte[]> values() {
    return values;
  }

  /** How long each stays. */
  Map<String, Long> seconds() {
    return seconds;
  }

  int lookUps() {
    return lookUps;
  }
}
