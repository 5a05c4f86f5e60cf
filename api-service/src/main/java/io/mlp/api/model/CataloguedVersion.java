package io.mlp.api.model;

import io.micrometer.core.instrument.Tags;
import io.mlp.cache.ContentKey;
import io.mlp.model.Batching;
import io.mlp.model.ModelSignature;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model version that jobs can be submitted for, unless it is retired.
 *
 * @param id key of its row, which tickets and jobs carry
 * @param labels JSON, or null if the model has none
 * @param example JSON of one input in the short form, or null if the model ships none
 * @param batching whether rows of several jobs may share a run
 * @param repeatable whether an answer may serve another job that asks the same
 * @param cacheSeconds how long its answers are kept for others, or null if only jobs that ask for
 *     it use the cache
 * @param contentScope makes the keys of such answers
 * @param retiredAt since when no job is taken for it, or null if it is in service
 * @param workers names of the live workers that have it loaded with these very bytes
 * @param conflicts what live workers have under this version instead
 */
public record CataloguedVersion(
    int id,
    String model,
    int version,
    String digest,
    @Nullable String description,
    ModelSignature signature,
    @Nullable String labels,
    @Nullable String example,
    Batching batching,
    boolean repeatable,
    @Nullable Integer cacheSeconds,
    ContentKey.Scope contentScope,
    Instant registeredAt,
    @Nullable Instant retiredAt,
    List<String> workers,
    List<OtherBytes> conflicts) {

  /** What metrics of the version are labelled with. */
  public Tags tags() {
    return Tags.of("model", model, "version", Integer.toString(version));
  }

  /** Whether a live worker serves it. Jobs for it are accepted even while none does. */
  public boolean ready() {
    return !workers.isEmpty();
  }

  /** Whether its workers have removed it: no job is taken for it any more. */
  public boolean retired() {
    return retiredAt != null;
  }
}
