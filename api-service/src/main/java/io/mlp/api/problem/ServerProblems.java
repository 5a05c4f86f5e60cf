package io.mlp.api.problem;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

/**
 * Problems for requests that Tomcat refuses before any of our code sees them, instead of its page.
 */
@Configuration(proxyBeanMethods = false)
class ServerProblems {
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> problemsInsteadOfPages() {
    return factory ->
        factory.addContextCustomizers(context -> {
          if (context.getParent() instanceof StandardHost host) {
            host.setErrorReportValveClass(ReportValve.class.getName());
          }
        });
  }

  /** Public, for Tomcat makes it by its name. */
  public static final class ReportValve extends ErrorReportValve {
    @Override
    protected void report(Request request, Response response, @Nullable Throwable failure) {
      if (response.getStatus() < 400
          || response.getContentWritten() > 0
          || !response.setErrorReported()) {
        return;
      }
      HttpStatus status = HttpStatus.resolve(response.getStatus());
      HttpStatus known = status == null ? HttpStatus.BAD_REQUEST : status;
      ProblemType type = ApiProblems.typeOf(known);
      byte[] body =
          """
          {"type":"%s","title":"%s","status":%d,"detail":"%s"}\
          """
              .formatted(type.uri(), type.title(), known.value(), known.getReasonPhrase())
              .getBytes(UTF_8);
      try {
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
        response.finishResponse();
      } catch (IOException | IllegalStateException _) {
        // The client has gone.
      }
    }
  }
}
