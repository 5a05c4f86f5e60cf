package io.mlp.job;

/** Why a job failed. */
public record Failure(FailureKind kind, String detail) {}
