package io.mlp.job;

import org.jspecify.annotations.Nullable;

/**
 * What a classifier says of one row.
 *
 * @param score the probability of that label, if the model gives one
 */
public record Prediction(String label, @Nullable Double score) {}
