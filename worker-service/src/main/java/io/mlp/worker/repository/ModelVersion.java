package io.mlp.worker.repository;

import java.util.Comparator;

/** Which version of which model; sorts by name, then by number. */
public record ModelVersion(String name, int version) implements Comparable<ModelVersion> {
  private static final Comparator<ModelVersion> ORDER =
      Comparator.comparing(ModelVersion::name).thenComparingInt(ModelVersion::version);

  @Override
  public int compareTo(ModelVersion other) {
    return ORDER.compare(this, other);
  }

  /** As its folder in the repository: {@code digits/1}. */
  @Override
  public String toString() {
    return name + "/" + version;
  }
}
