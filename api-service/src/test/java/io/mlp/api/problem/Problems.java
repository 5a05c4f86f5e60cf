package io.mlp.api.problem;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;

/** Lets tests of other packages see what a problem will say. */
public final class Problems {
  private Problems() {}

  /** What tests of controllers alone have to import. */
  @TestConfiguration(proxyBeanMethods = false)
  public static class Answers {
    @Bean
    ProblemAnswers problemAnswers() {
      return new ProblemAnswers(new SimpleMeterRegistry());
    }
  }

  /** One line a violation: where, and what is wrong there without naming the place again. */
  public static List<String> lines(ProblemException problem) {
    return problem.violations().stream().map(Problems::line).toList();
  }

  private static String line(Violation violation) {
    String where = violation.where();
    String detail = violation.detail();
    String what = detail.startsWith(where) ? detail.substring(where.length()) : detail;
    return where + "  " + what.replaceFirst("^[: ]+", "");
  }

  public static List<Violation> violations(ProblemException problem) {
    return problem.violations();
  }

  public static Map<String, String> headers(ProblemException problem) {
    return problem.headers();
  }

  public static @Nullable Duration retryAfter(ProblemException problem) {
    return problem.retryAfter();
  }
}
