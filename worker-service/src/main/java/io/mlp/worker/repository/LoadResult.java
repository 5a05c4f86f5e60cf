package io.mlp.worker.repository;

/** What became of one version directory. */
public sealed interface LoadResult permits LoadedModel, FailedModel {
  String name();

  int version();
}
