package io.mlp.api.migration;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the role that dashboards read with.
 *
 * @param user its name; PostgreSQL would cut a longer one
 * @param password its password, of any characters; empty for no such role
 */
@Validated
@ConfigurationProperties(prefix = "api.reader", ignoreUnknownFields = false)
record ReaderSettings(
    @DefaultValue("mlp_reader") @NotBlank @Size(max = 63) String user,
    @DefaultValue("") @Pattern(regexp = "(?s)|.{8,}") String password) {

  boolean wanted() {
    return !password.isEmpty();
  }

  /** Without the password, which a log must not hold. */
  @Override
  public String toString() {
    return "ReaderSettings[user=" + user + "]";
  }
}
