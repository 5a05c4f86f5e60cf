package io.mlp.api.http;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Whose pages may use the API from a browser. Nobody's but its own by default.
 *
 * @param origins as browsers send them, {@code https://app.example.org}
 */
@Validated
@ConfigurationProperties(prefix = "api.cross-origin", ignoreUnknownFields = false)
record CrossOrigins(
    @DefaultValue @NotNull
        List<@Pattern(regexp = "https?://[A-Za-z0-9.:\\[\\]-]+") String> origins) {}
