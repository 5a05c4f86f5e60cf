package io.mlp.worker.catalogue;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.nio.file.Path;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the models that this worker serves.
 *
 * @param directory the repository: {@code <name>/<version>/model.onnx}
 * @param intraOpThreads threads of one run inside ONNX Runtime
 * @param heartbeat how often the worker says in the catalogue that it lives
 */
@Validated
@ConfigurationProperties(prefix = "worker.models", ignoreUnknownFields = false)
record ModelSettings(
    @DefaultValue("models") @NotNull Path directory,
    @DefaultValue("1") @Min(1) @Max(256) int intraOpThreads,
    @DefaultValue("3s") @NotNull @DurationMin(millis = 100) Duration heartbeat) {}
