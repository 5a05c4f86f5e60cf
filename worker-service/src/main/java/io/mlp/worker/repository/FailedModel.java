package io.mlp.worker.repository;

/**
 * A version that cannot be served.
 *
 * @param reason one sentence for operators and clients; names files relative to the repository
 */
public record FailedModel(String name, int version, String reason) implements LoadResult {}
