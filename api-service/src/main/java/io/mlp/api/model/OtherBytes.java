package io.mlp.api.model;

/**
 * Bytes under a version that are not those that count.
 *
 * @param worker name of the live worker that has them in its repository, or still serves them
 * @param digest theirs
 */
public record OtherBytes(String worker, String digest) {}
