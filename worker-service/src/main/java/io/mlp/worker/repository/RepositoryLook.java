package io.mlp.worker.repository;

import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;

/**
 * What the repository held when it was looked at.
 *
 * @param versions with what tells whether they have changed
 * @param unreadable names of models whose directory could not be read, so that nobody knows which
 *     versions they have
 */
public record RepositoryLook(
    NavigableMap<ModelVersion, Fingerprint> versions, Set<String> unreadable) {

  /** Whether the version is surely gone. */
  public boolean lacks(ModelVersion version) {
    return !versions.containsKey(version) && !unreadable.contains(version.name());
  }

  /** The versions in their order. */
  public Set<Map.Entry<ModelVersion, Fingerprint>> entries() {
    return versions.entrySet();
  }
}
