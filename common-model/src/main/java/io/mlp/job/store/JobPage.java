package io.mlp.job.store;

import io.mlp.job.Job;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Some of the jobs of a list, newest first.
 *
 * @param next id before which the list goes on; null at its end
 */
public record JobPage(List<Job> jobs, @Nullable UUID next) {}
