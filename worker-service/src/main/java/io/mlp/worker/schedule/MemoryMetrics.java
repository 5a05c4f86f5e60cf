package io.mlp.worker.schedule;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/** How much of the memory that batches may have for their inputs is in use. */
@Component
class MemoryMetrics {
  MemoryMetrics(InputBudget inputs, MeterRegistry meters) {
    Gauge.builder("mlp.memory.used.bytes", inputs, InputBudget::taken)
        .description("What requests and answers, or inputs of batches, hold of the budget")
        .register(meters);
    Gauge.builder("mlp.memory.budget.bytes", inputs, InputBudget::bytes)
        .description("What they may hold together")
        .register(meters);
  }
}
