package io.mlp.api.model;

import io.micrometer.core.instrument.Tags;

/** A version that a live worker found but could not load, and why. */
record RefusedVersion(String model, int version, String worker, String reason) {
  /** As of {@link CataloguedVersion#tags}. */
  Tags tags() {
    return Tags.of("model", model, "version", Integer.toString(version));
  }
}
