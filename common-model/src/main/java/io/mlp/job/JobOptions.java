package io.mlp.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a client may say of a job beside its inputs, and what holds if it says nothing. Requests,
 * rows, tickets and answers carry it as one, and with it the trace of the request, if there is one.
 *
 * @param outputs names of those that are wanted; empty asks for all
 * @param metadata in the order in which PostgreSQL keeps the keys of a {@code jsonb} object, so
 *     that a job reads the same wherever its options come from
 * @param trace null for most jobs
 */
public record JobOptions(
    Set<String> outputs,
    CachePolicy cache,
    Map<String, String> metadata,
    @Nullable TraceContext trace) {
  public static final JobOptions NONE = new JobOptions(Set.of(), CachePolicy.BYPASS, Map.of());

  private static final JsonMapper JSON = JsonMapper.shared();

  /** Shorter keys come first, and those of one length by their bytes. */
  private static final Comparator<String> JSONB_KEYS =
      Comparator.comparing(
          key -> key.getBytes(UTF_8),
          Comparator.<byte[]>comparingInt(bytes -> bytes.length)
              .thenComparing(Arrays::compareUnsigned));

  public JobOptions {
    metadata = inOrder(metadata);
  }

  /** Of a job without a trace. */
  public JobOptions(Set<String> outputs, CachePolicy cache, Map<String, String> metadata) {
    this(outputs, cache, metadata, null);
  }

  /** The same, within a trace. */
  public JobOptions in(TraceContext its) {
    return new JobOptions(outputs, cache, metadata, its);
  }

  /** As tickets and rows have it: what holds anyway is left out. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  private record Stored(
      @Nullable LinkedHashSet<String> outputs,
      @Nullable CachePolicy cache,
      @Nullable Map<String, String> metadata,
      @Nullable String traceparent) {}

  /** As {@link #stored()} writes them; null for none. */
  public static JobOptions read(@Nullable String stored) throws JacksonException {
    if (stored == null) {
      return NONE;
    }
    Stored said = JSON.readValue(stored, Stored.class);
    return new JobOptions(
        Objects.requireNonNullElse(said.outputs, NONE.outputs),
        Objects.requireNonNullElse(said.cache, NONE.cache),
        Objects.requireNonNullElse(said.metadata, NONE.metadata),
        said.traceparent == null ? null : TraceContext.read(said.traceparent).orElse(null));
  }

  /** As JSON; null if nothing is asked for. */
  public @Nullable String stored() {
    return equals(NONE)
        ? null
        : JSON.writeValueAsString(
            new Stored(
                new LinkedHashSet<>(outputs),
                cache == NONE.cache ? null : cache,
                metadata,
                trace == null ? null : trace.traceparent()));
  }

  private static Map<String, String> inOrder(Map<String, String> metadata) {
    if (metadata.size() < 2) {
      return metadata;
    }
    Map<String, String> sorted = new LinkedHashMap<>();
    metadata.entrySet().stream()
        .sorted(Map.Entry.comparingByKey(JSONB_KEYS))
        .forEach(pair -> sorted.put(pair.getKey(), pair.getValue()));
    return Collections.unmodifiableMap(sorted);
  }
}
