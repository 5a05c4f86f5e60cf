package io.mlp.worker;

import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Loads ONNX models, claims jobs, runs them in micro-batches and records one outcome each. */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
public class WorkerApplication {
  public static void main(String[] args) {
    SpringApplication application =
        new SpringApplicationBuilder(WorkerApplication.class)
            .properties(Map.of("spring.config.name", "worker"))
            .registerShutdownHook(false)
            .build();
    ConfigurableApplicationContext context = application.run(args);
    StopSignals.receive(signal -> stop(context, signal));
  }

  /** Finishes the batches in flight, then exits as a process does that the signal ended. */
  private static void stop(ConfigurableApplicationContext context, int signal) {
    context.close();
    System.exit(128 + signal);
  }
}
