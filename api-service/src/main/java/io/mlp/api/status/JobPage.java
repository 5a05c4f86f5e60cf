package io.mlp.api.status;

import io.mlp.job.Job;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Some jobs of a list.
 *
 * @param next where the list goes on; null at its end
 */
record JobPage(List<Job> jobs, @Nullable UUID next) {}
