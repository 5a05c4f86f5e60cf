package io.mlp.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mlp.tensor.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a job asks for, from its submission to its run.
 *
 * @param requestedOutputs names; empty asks for all
 * @param metadata in the order in which PostgreSQL keeps the keys of a {@code jsonb} object, so
 *     that a job reads the same wherever its content comes from
 */
public record JobContent(
    List<Tensor> inputs,
    Set<String> requestedOutputs,
    CachePolicy cache,
    Map<String, String> metadata) {
  /** Shorter keys come first, and those of one length by their bytes. */
  private static final Comparator<String> JSONB_KEYS =
      Comparator.comparing(
          key -> key.getBytes(UTF_8),
          Comparator.<byte[]>comparingInt(bytes -> bytes.length)
              .thenComparing(Arrays::compareUnsigned));

  public JobContent {
    metadata = inOrder(metadata);
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
