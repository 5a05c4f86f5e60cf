package io.mlp.api.owner;

import jakarta.servlet.http.HttpServletResponse;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.HttpStatusRequestRejectedHandler;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Spring Security as far as an API without sessions, cookies and forms needs it: its firewall, and
 * one filter that knows the caller and the table of routes, in which what is not named is refused.
 * The dozen filters that it sets up by itself cost each request more than all else that is done
 * about its key.
 */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {
  /** Health and metrics have a port of their own, which only the inner network reaches. */
  @Bean
  @Order(1)
  SecurityFilterChain management() {
    return new DefaultSecurityFilterChain(EndpointRequest.toAnyEndpoint());
  }

  @Bean
  @Order(2)
  SecurityFilterChain api(
      Callers callers,
      RateLimiter rates,
      @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
    return new DefaultSecurityFilterChain(
        AnyRequestMatcher.INSTANCE, new AccessFilter(callers, rates, problems));
  }

  /** Nobody reads a timer and a counter for each filter, and each request would pay them. */
  @Bean
  SecurityObservationSettings securityObservations() {
    return SecurityObservationSettings.noObservations();
  }

  @Bean
  HttpFirewall httpFirewall() {
    return new PathFirewall();
  }

  @Bean
  RequestRejectedHandler requestRejectedHandler() {
    return new HttpStatusRequestRejectedHandler(HttpServletResponse.SC_NOT_FOUND);
  }
}
