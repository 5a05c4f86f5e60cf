package io.mlp.worker.repository;

/** What became of one version directory. */
public sealed interface LoadResult permits LoadedModel, FailedModel {
  String name();

  int version();

  default ModelVersion modelVersion() {
    return new ModelVersion(name(), version());
  }
}
