package io.mlp.api.problem;

import java.io.IOException;
import java.util.UUID;
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
import tools.jackson.databind.json.JsonMapper;

/**
 * Problems for requests that Tomcat refuses before any of our code sees them, instead of its page.
 */
@Configuration(proxyBeanMethods = false)
class ServerProblems {
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> problemsInsteadOfPages(
      ProblemAnswers answers) {
    return factory ->
        factory.addContextCustomizers(context -> {
          if (context.getParent() instanceof StandardHost host) {
            // By this name Tomcat finds that there is one already.
            host.setErrorReportValveClass(ReportValve.class.getName());
            host.getPipeline().addValve(new ReportValve(answers));
          }
        });
  }

  private static final class ReportValve extends ErrorReportValve {
    private final ProblemAnswers answers;

    ReportValve(ProblemAnswers answers) {
      this.answers = answers;
    }

    @Override
    protected void report(Request request, Response response, @Nullable Throwable failure) {
      if (response.getStatus() < 400
          || response.getContentWritten() > 0
          || !response.setErrorReported()) {
        return;
      }
      HttpStatus status = HttpStatus.resolve(response.getStatus());
      HttpStatus known = status == null ? HttpStatus.BAD_REQUEST : status;
      String path = request.getRequestURI();
      String id = UUID.randomUUID().toString();
      ProblemAnswers.Answer answer = answers.of(known, path == null ? "" : path, id);
      byte[] body = JsonMapper.shared().writeValueAsBytes(answer.body());
      try {
        response.setHeader(RequestIds.HEADER, id);
        answer.headers().forEach((name, values) -> response.setHeader(name, values.getFirst()));
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
        response.finishResponse();
      } catch (IOException | IllegalStateException _) {
        // The client has gone.
      }
    }
  }
}
