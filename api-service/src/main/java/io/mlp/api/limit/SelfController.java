package io.mlp.api.limit;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mlp.api.owner.Caller;
import io.mlp.api.owner.Quota;
import io.mlp.api.queue.Admission;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What a key may, for everybody who has one. */
@RestController
class SelfController {
  private final KeyRates rates;
  private final Admission admission;

  SelfController(KeyRates rates, Admission admission) {
    this.rates = rates;
    this.admission = admission;
  }

  /**
   * What the key of this request may.
   *
   * @param key its name: the prefix, or what is in its place
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record SelfView(
      String owner,
      String role,
      String key,
      @Nullable Set<String> models,
      @Nullable Instant expiresAt,
      LimitsView limits) {}

  /** The limits that there are. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record LimitsView(
      @Nullable LimitView jobsPerSecond,
      @Nullable LimitView readsPerSecond,
      @Nullable LimitView maxInFlight) {}

  /**
   * A limit.
   *
   * @param remaining of a rate, what this replica can grant without asking Redis; of jobs in
   *     flight, about how many more there may be
   */
  record LimitView(int limit, long remaining) {}

  @GetMapping("/v1/keys/self")
  SelfView self(@AuthenticationPrincipal Caller caller) {
    Set<String> models = caller.models();
    return new SelfView(
        caller.owner(),
        caller.role().text(),
        caller.key(),
        models == null ? null : new TreeSet<>(models),
        caller.expiresAt(),
        new LimitsView(limit(caller, Quota.JOBS), limit(caller, Quota.READS), inFlight(caller)));
  }

  private @Nullable LimitView inFlight(Caller caller) {
    int most = caller.limits().maxInFlight();
    return most == 0 ? null : new LimitView(most, admission.room(caller));
  }

  private @Nullable LimitView limit(Caller caller, Quota quota) {
    OptionalLong left = rates.left(caller, quota);
    return left.isEmpty() ? null : new LimitView(quota.of(caller.limits()), left.getAsLong());
  }
}
