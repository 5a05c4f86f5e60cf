package io.mlp.api.owner;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.HttpStatusRequestRejectedHandler;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/**
 * Spring Security as far as an API without sessions, cookies and forms needs it: who calls, and the
 * table of routes, in which what is not named is refused.
 */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {
  private final HandlerExceptionResolver problems;

  SecurityConfiguration(@Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
    this.problems = problems;
  }

  /** Health and metrics have a port of their own, which only the inner network reaches. */
  @Bean
  @Order(1)
  SecurityFilterChain management(HttpSecurity http) throws Exception {
    return bare(http)
        .securityMatcher(EndpointRequest.toAnyEndpoint())
        .authorizeHttpRequests(routes -> routes.anyRequest().permitAll())
        .build();
  }

  @Bean
  @Order(2)
  SecurityFilterChain api(HttpSecurity http, Callers callers, RateLimiter rates) throws Exception {
    return bare(http)
        .cors(Customizer.withDefaults())
        .addFilterBefore(new CallerFilter(callers, problems), AuthorizationFilter.class)
        .addFilterAfter(new RateFilter(rates, problems), AuthorizationFilter.class)
        .authorizeHttpRequests(routes -> routes.anyRequest().access(new RouteRules()))
        .exceptionHandling(refusals ->
            refusals
                .authenticationEntryPoint(
                    (request, response, _) -> tell(Callers.noKey(), request, response))
                .accessDeniedHandler(this::denied))
        .build();
  }

  /**
   * Nobody reads a timer and a counter for each of its filters, and each request would pay them.
   */
  @Bean
  SecurityObservationSettings securityObservations() {
    return SecurityObservationSettings.noObservations();
  }

  private static HttpSecurity bare(HttpSecurity http) throws Exception {
    return http.csrf(AbstractHttpConfigurer::disable)
        .formLogin(AbstractHttpConfigurer::disable)
        .httpBasic(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .servletApi(AbstractHttpConfigurer::disable)
        // The headers of all answers are set where refusals get them, too.
        .headers(AbstractHttpConfigurer::disable)
        .sessionManagement(
            sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS));
  }

  /** The caller is known: either it may not, or there is no such route. */
  private void denied(
      HttpServletRequest request, HttpServletResponse response, AccessDeniedException denied) {
    tell(refusal(request), request, response);
  }

  private static Exception refusal(HttpServletRequest request) {
    return RouteRules.needed(request)
        .<Exception>map(Keys::roleMissing)
        .orElseGet(() -> noSuchRoute(request));
  }

  private static Exception noSuchRoute(HttpServletRequest request) {
    List<String> methods = RouteRules.methods(request);
    return methods.isEmpty()
        ? new NoResourceFoundException(
            HttpMethod.valueOf(request.getMethod()), request.getRequestURI(), "")
        : new HttpRequestMethodNotSupportedException(request.getMethod(), methods);
  }

  private void tell(Exception problem, HttpServletRequest request, HttpServletResponse response) {
    problems.resolveException(request, response, null, problem);
  }

  /**
   * Refuses paths that can be read in two ways. Methods are the table's matter, and headers and
   * parameters those of who reads them.
   */
  @Bean
  HttpFirewall httpFirewall() {
    StrictHttpFirewall firewall = new StrictHttpFirewall();
    firewall.setUnsafeAllowAnyHttpMethod(true);
    firewall.setAllowedHeaderNames(_ -> true);
    firewall.setAllowedHeaderValues(_ -> true);
    firewall.setAllowedParameterNames(_ -> true);
    firewall.setAllowedParameterValues(_ -> true);
    return firewall;
  }

  @Bean
  RequestRejectedHandler requestRejectedHandler() {
    return new HttpStatusRequestRejectedHandler(HttpServletResponse.SC_NOT_FOUND);
  }
}
