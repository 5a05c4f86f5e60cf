package io.mlp.worker;

import io.mlp.runtime.AotCache;
import io.mlp.worker.catalogue.Registration;
import io.mlp.worker.schedule.BatchScheduler;
import java.util.Map;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.data.redis.autoconfigure.observation.LettuceObservationAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Loads ONNX models, claims jobs, runs them in micro-batches and records one outcome each. */
// Commands to Redis need no timer each.
@SpringBootApplication(exclude = LettuceObservationAutoConfiguration.class)
@ConfigurationPropertiesScan
@EnableScheduling
public class WorkerApplication {
  /** Exit code of a worker with a run that cannot be ended (EX_SOFTWARE of sysexits.h). */
  private static final int STUCK = 70;

  public static void main(String[] args) {
    SpringApplication application =
        new SpringApplicationBuilder(WorkerApplication.class)
            .properties(Map.of("spring.config.name", "worker"))
            .registerShutdownHook(false)
            .build();
    ConfigurableApplicationContext context = application.run(args);
    AotCache.complaint().ifPresent(LoggerFactory.getLogger(WorkerApplication.class)::warn);
    StopSignals.receive(signal -> stop(context, 128 + signal));
    context.addApplicationListener(new WhenBroken(() -> stop(context, STUCK)));
  }

  /**
   * Finishes the batches in flight, then exits: as a process does that a signal ended, or with
   * {@value #STUCK}. A run or load that goes on even then rules out an orderly exit, for that would
   * free what it computes with.
   */
  private static void stop(ConfigurableApplicationContext context, int exitCode) {
    BatchScheduler scheduler = context.getBean(BatchScheduler.class);
    Registration registration = context.getBean(Registration.class);
    context.close();
    if (scheduler.idle() && registration.idle()) {
      System.exit(exitCode);
    } else {
      Runtime.getRuntime().halt(exitCode);
    }
  }
}
