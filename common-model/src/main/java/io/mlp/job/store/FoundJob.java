package io.mlp.job.store;

import io.mlp.job.Job;
import org.jspecify.annotations.Nullable;

/**
 * A job as it was found.
 *
 * @param job without its outputs if these are large
 * @param large its outputs, if they are
 */
public record FoundJob(Job job, @Nullable LargeOutputs large) {}
