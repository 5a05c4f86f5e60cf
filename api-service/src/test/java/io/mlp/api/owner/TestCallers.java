package io.mlp.api.owner;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/** Callers whose keys have been checked. */
public final class TestCallers {
  private TestCallers() {}

  public static Caller vision() {
    return new Caller("vision", Role.SUBMIT, "mlp_Test0001", null, Limits.NONE, null);
  }

  public static Caller visionWith(String model) {
    return new Caller("vision", Role.SUBMIT, "mlp_Test0002", Set.of(model), Limits.NONE, null);
  }

  public static Caller visionWithJobsInFlight(int most) {
    return new Caller("vision", Role.SUBMIT, "mlp_Test0004", null, new Limits(0, 0, most), null);
  }

  public static Caller visionWithJobsPerSecond(int most) {
    return new Caller("vision", Role.SUBMIT, "mlp_Test0005", null, new Limits(most, 0, 0), null);
  }

  public static Caller admin() {
    return new Caller("ops", Role.ADMIN, "mlp_Test0003", null, Limits.NONE, null);
  }

  /** Gives controllers that caller, as Spring Security does. */
  public static HandlerMethodArgumentResolver always(Caller caller) {
    return new HandlerMethodArgumentResolver() {
      @Override
      public boolean supportsParameter(MethodParameter parameter) {
        return parameter.hasParameterAnnotation(AuthenticationPrincipal.class);
      }

      @Override
      public Object resolveArgument(
          MethodParameter parameter,
          @Nullable ModelAndViewContainer container,
          NativeWebRequest request,
          @Nullable WebDataBinderFactory binders) {
        return caller;
      }
    };
  }
}
