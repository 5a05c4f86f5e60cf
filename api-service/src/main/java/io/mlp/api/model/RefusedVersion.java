package io.mlp.api.model;

/** A version that a live worker found but could not load, and why. */
record RefusedVersion(String model, int version, String worker, String reason) {}
