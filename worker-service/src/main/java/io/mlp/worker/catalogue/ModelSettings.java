package io.mlp.worker.catalogue;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the models that this worker serves.
 *
 * @param directory the repository: {@code <name>/<version>/model.onnx}
 * @param serve which of its models: names, or {@code name/version}; {@code *} stands for any text
 * @param look how often the repository is looked at; a version is loaded when it has not changed
 *     between two looks
 * @param intraOpThreads threads of one run inside ONNX Runtime
 * @param heartbeat how often the worker says in the catalogue that it lives
 */
@Validated
@ConfigurationProperties(prefix = "worker.models", ignoreUnknownFields = false)
record ModelSettings(
    @DefaultValue("models") @NotNull Path directory,
    @DefaultValue("*") @NotEmpty List<@Pattern(regexp = "[a-z0-9_.*-]+(/[0-9*]+)?") String> serve,
    @DefaultValue("5s") @NotNull @DurationMin(millis = 50) Duration look,
    @DefaultValue("1") @Min(1) @Max(256) int intraOpThreads,
    @DefaultValue("3s") @NotNull @DurationMin(millis = 100) Duration heartbeat) {}
