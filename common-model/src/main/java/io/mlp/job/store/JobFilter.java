package io.mlp.job.store;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs a list is of.
 *
 * @param owner whose jobs; null for everybody's
 * @param from the least id, inclusive
 * @param before the greatest id, exclusive
 * @param limit the most jobs of a page
 * @param scan the most jobs to look at for one page
 */
public record JobFilter(
    @Nullable String owner,
    @Nullable String model,
    @Nullable Integer version,
    @Nullable String status,
    UUID from,
    UUID before,
    int limit,
    int scan) {}
