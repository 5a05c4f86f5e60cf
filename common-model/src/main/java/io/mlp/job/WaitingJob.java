package io.mlp.job;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job that waits under a fence.
 *
 * @param content what it asks for; null where it has to be read from the database
 */
public record WaitingJob(UUID id, int fence, @Nullable JobContent content) {}
