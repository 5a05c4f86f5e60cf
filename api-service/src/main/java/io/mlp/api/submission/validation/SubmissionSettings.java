package io.mlp.api.submission.validation;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of what a submission may leave out.
 *
 * @param maxAttempts attempts of a job that names none
 */
@Validated
@ConfigurationProperties(prefix = "api.submission", ignoreUnknownFields = false)
record SubmissionSettings(@DefaultValue("3") @Min(1) @Max(10) int maxAttempts) {}
