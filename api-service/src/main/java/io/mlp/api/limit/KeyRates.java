package io.mlp.api.limit;

import io.mlp.api.owner.Caller;
import io.mlp.api.owner.Quota;
import io.mlp.api.owner.RateLimiter;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.springframework.stereotype.Component;

/** The rates of all keys that have been used here. */
@Component
class KeyRates implements RateLimiter {
  private static final Executor AHEAD = task -> Thread.ofVirtual().name("tokens").start(task);

  private final RedisBuckets redis;
  private final Replicas replicas;

  /** One for each key and quota that has been used: there are no more of them than keys. */
  private final Map<String, Allowance> allowances = new ConcurrentHashMap<>();

  KeyRates(RedisBuckets redis, Replicas replicas) {
    this.redis = redis;
    this.replicas = replicas;
  }

  @Override
  public void take(Caller caller, Quota quota, HttpServletResponse response) {
    int perSecond = quota.of(caller.limits());
    if (perSecond == 0) {
      return;
    }
    Allowance allowance = allowance(caller, quota, perSecond);
    boolean taken = allowance.take();
    tell(quota, allowance, response);
    if (!taken) {
      throw ProblemException.passing(
          ProblemType.QUOTA_EXCEEDED,
          "The key may send %d %s per second".formatted(perSecond, described(quota)),
          Duration.ofSeconds(1),
          null);
    }
  }

  private static String described(Quota quota) {
    return quota == Quota.JOBS ? "jobs" : "requests that are no jobs";
  }

  /** What is left of a rate, as far as it is here; empty if there is no such limit. */
  OptionalLong left(Caller caller, Quota quota) {
    int perSecond = quota.of(caller.limits());
    return perSecond == 0
        ? OptionalLong.empty()
        : OptionalLong.of(allowance(caller, quota, perSecond).left());
  }

  /** Another one once the rate has been changed. */
  private Allowance allowance(Caller caller, Quota quota, int perSecond) {
    String name = caller.key() + ":" + quota.text();
    Allowance known = allowances.get(name);
    return known != null && known.perSecond() == perSecond
        ? known
        : allowances.compute(
            name,
            (_, now) -> now != null && now.perSecond() == perSecond ? now : made(name, perSecond));
  }

  private Allowance made(String name, int perSecond) {
    SharedTokens tokens = new SharedTokens(redis, name, perSecond, replicas::count);
    return new Allowance(perSecond, tokens, AHEAD, System::nanoTime);
  }

  /** Names of draft-ietf-httpapi-ratelimit-headers-10. */
  private static void tell(Quota quota, Allowance allowance, HttpServletResponse response) {
    response.setHeader(
        "RateLimit-Policy", "\"%s\";q=%d;w=1".formatted(quota.text(), allowance.perSecond()));
    response.setHeader("RateLimit", "\"%s\";r=%d;t=1".formatted(quota.text(), allowance.left()));
  }
}
