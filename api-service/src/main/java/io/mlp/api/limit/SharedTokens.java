package io.mlp.api.limit;

import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one key and quota: all replicas' from Redis, or, while that is away, this replica's
 * share, which is the rate divided by the number of replicas.
 */
final class SharedTokens implements Tokens {
  private final RedisBuckets redis;
  private final String name;
  private final int perSecond;
  private final IntSupplier replicas;
  private @Nullable Share share;

  /** What this replica gives by itself, as one of so many. */
  private record Share(Bucket bucket, int replicas) {
    /** It begins empty, because what was taken from Redis until now was all there was. */
    static Share of(int perSecond, int replicas) {
      return new Share(
          Bucket.builder()
              .addLimit(rate ->
                  rate.capacity(Math.max(1, perSecond / replicas))
                      .refillGreedy(perSecond, Duration.ofSeconds(replicas))
                      .initialTokens(0))
              .build(),
          replicas);
    }
  }

  SharedTokens(RedisBuckets redis, String name, int perSecond, IntSupplier replicas) {
    this.redis = redis;
    this.name = name;
    this.perSecond = perSecond;
    this.replicas = replicas;
  }

  @Override
  public long take(long most) {
    OptionalLong common = redis.take(name, perSecond, most);
    return common.isPresent() ? common(common.getAsLong()) : own(most);
  }

  private synchronized long common(long taken) {
    share = null;
    return taken;
  }

  private synchronized long own(long most) {
    int now = replicas.getAsInt();
    Share mine = share;
    if (mine == null || mine.replicas != now) {
      mine = Share.of(perSecond, now);
      share = mine;
    }
    return mine.bucket.tryConsumeAsMuchAsPossible(most);
  }
}
