package io.mlp.api.migration;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the roles that a migration makes. PostgreSQL would cut a name of more than 63 bytes.
 *
 * @param serviceUser the role that api and worker log in with
 * @param servicePassword its password, of any characters; empty for no such role
 * @param readerUser the role that dashboards read with
 * @param readerPassword its password, of any characters; empty for no such role
 * @param monitorUser the role that the exporter of PostgreSQL's metrics logs in with
 * @param monitorPassword its password, of any characters; empty for no such role
 */
@Validated
@ConfigurationProperties(prefix = "api.roles", ignoreUnknownFields = false)
record RoleSettings(
    @DefaultValue("mlp_service") @NotBlank @Size(max = 63) String serviceUser,
    @DefaultValue("") @Pattern(regexp = "(?s)|.{8,}") String servicePassword,
    @DefaultValue("mlp_reader") @NotBlank @Size(max = 63) String readerUser,
    @DefaultValue("") @Pattern(regexp = "(?s)|.{8,}") String readerPassword,
    @DefaultValue("mlp_monitor") @NotBlank @Size(max = 63) String monitorUser,
    @DefaultValue("") @Pattern(regexp = "(?s)|.{8,}") String monitorPassword) {

  /** Without the passwords, which a log must not hold. */
  @Override
  public String toString() {
    return "RoleSettings[serviceUser=%s, readerUser=%s, monitorUser=%s]"
        .formatted(serviceUser, readerUser, monitorUser);
  }
}
