package io.mlp.worker.catalogue;

import io.mlp.worker.repository.ModelVersion;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which models of the repository a worker serves.
 *
 * @param patterns names of models, or {@code name/version}, in which {@code *} stands for any text
 */
record ModelSelection(List<String> patterns) {
  boolean includes(ModelVersion version) {
    return patterns.stream().anyMatch(pattern -> matches(pattern, version));
  }

  /** The patterns that no version fits, which may be typing errors; all of nothing is none. */
  List<String> unmatched(Collection<ModelVersion> versions) {
    return patterns.stream()
        .filter(pattern -> !pattern.equals("*"))
        .filter(pattern -> versions.stream().noneMatch(version -> matches(pattern, version)))
        .toList();
  }

  private static boolean matches(String pattern, ModelVersion version) {
    String subject = pattern.contains("/") ? version.toString() : version.name();
    String regex =
        Stream.of(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
    return subject.matches(regex);
  }
}
