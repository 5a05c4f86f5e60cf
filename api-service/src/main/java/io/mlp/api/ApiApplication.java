package io.mlp.api;

import io.mlp.api.http.OwnAddress;
import io.mlp.runtime.AotCache;
import java.util.Map;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.data.redis.autoconfigure.observation.LettuceObservationAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Takes jobs over HTTP, stores them durably, sends their tickets and answers for them. */
// Keys tell who calls: there are no users with passwords. Commands to Redis need no timer each.
@SpringBootApplication(
    exclude = {
      UserDetailsServiceAutoConfiguration.class,
      LettuceObservationAutoConfiguration.class
    })
@ConfigurationPropertiesScan
@EnableScheduling
public class ApiApplication {
  public static void main(String[] args) {
    new SpringApplicationBuilder(ApiApplication.class)
        .properties(Map.of("spring.config.name", "api"))
        .initializers(new RenamedSettings(), new OwnAddress())
        .run(args);
    AotCache.complaint().ifPresent(LoggerFactory.getLogger(ApiApplication.class)::warn);
  }
}
