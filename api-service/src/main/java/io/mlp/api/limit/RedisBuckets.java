package io.mlp.api.limit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.TimeoutException;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.mlp.cache.RedisCircuitBreaker;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.stereotype.Component;

/**
 * The tokens that all replicas take from: a bucket in Redis for each key and quota, filled at the
 * key's rate. It holds one second's tokens at most, and begins with one block, so that a Redis that
 * was emptied gives away no second time what was taken before.
 */
@Component
class RedisBuckets {
  private static final Duration TIMEOUT = Duration.ofMillis(250);

  private final RedisConnectionFactory redis;
  private final RedisCircuitBreaker breaker;
  private final TimeMeter time;
  private volatile @Nullable ProxyManager<byte[]> buckets;

  RedisBuckets(RedisConnectionFactory redis, Clock clock) {
    this.redis = redis;
    this.breaker = RedisCircuitBreaker.whileItObeys("rate limits", clock);
    this.time = new Time(clock);
  }

  /** The database's time, which all replicas share whatever their own clocks say. */
  private record Time(Clock clock) implements TimeMeter {
    @Override
    public long currentTimeNanos() {
      Instant now = clock.instant();
      return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    @Override
    public boolean isWallClockBased() {
      return true;
    }
  }

  /** Tokens of that name; empty while Redis is away. */
  OptionalLong take(String name, int perSecond, long most) {
    return breaker.ask(() -> OptionalLong.of(taken(name, perSecond, most)), OptionalLong.empty());
  }

  private long taken(String name, int perSecond, long most) {
    byte[] key = "mlp:rate:1:%s:%d".formatted(name, perSecond).getBytes(US_ASCII);
    try {
      return buckets()
          .getProxy(key, () -> configuration(perSecond))
          .tryConsumeAsMuchAsPossible(most);
    } catch (RedisException | TimeoutException e) {
      // Its connection may have been replaced by another one.
      buckets = null;
      throw new QueryTimeoutException("no tokens from Redis", e);
    }
  }

  private static BucketConfiguration configuration(int perSecond) {
    return BucketConfiguration.builder()
        .addLimit(rate ->
            rate.capacity(perSecond)
                .refillGreedy(perSecond, Duration.ofSeconds(1))
                .initialTokens(Allowance.block(perSecond)))
        .build();
  }

  /** Of the connection that there is now. */
  private ProxyManager<byte[]> buckets() {
    ProxyManager<byte[]> made = buckets;
    if (made == null) {
      made = make();
      buckets = made;
    }
    return made;
  }

  @SuppressWarnings("unchecked")
  private ProxyManager<byte[]> make() {
    RedisConnection connection = redis.getConnection();
    try {
      return Bucket4jLettuce.casBasedBuilder(
              (RedisAsyncCommands<byte[], byte[]>) connection.getNativeConnection())
          .clientClock(time)
          .requestTimeout(TIMEOUT)
          .expirationAfterWrite(
              ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(
                  Duration.ofMinutes(1)))
          .build();
    } finally {
      connection.close();
    }
  }
}
