package io.mlp.tensor;

/** One input or output as a model declares it. */
public record TensorSpec(String name, TensorType type, TensorShape shape) {}
