package io.mlp.benchmark.scale;

import java.util.List;

/** What PostgreSQL wrote ahead, and what became of {@code job} and {@code live}. */
public record DatabaseUse(long walBytes, List<TableUse> tables) {}
