package io.mlp.api.trace;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of traces, which count where there is an endpoint that takes them.
 *
 * @param sampling share of the requests that are traced, with the jobs that they submit
 */
@Validated
@ConfigurationProperties(prefix = "api.tracing", ignoreUnknownFields = false)
record TracingSettings(@DefaultValue("0.01") @DecimalMin("0") @DecimalMax("1") double sampling) {}
