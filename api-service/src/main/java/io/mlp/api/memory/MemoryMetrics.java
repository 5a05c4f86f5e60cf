package io.mlp.api.memory;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/** How much of the memory that requests and answers may have is in use. */
@Component
class MemoryMetrics {
  MemoryMetrics(MemoryBudget budget, MeterRegistry meters) {
    Gauge.builder("mlp.memory.used.bytes", budget, MemoryBudget::taken)
        .description("What requests and answers, or inputs of batches, hold of the budget")
        .register(meters);
    Gauge.builder("mlp.memory.budget.bytes", budget, MemoryBudget::bytes)
        .description("What they may hold together")
        .register(meters);
  }
}
