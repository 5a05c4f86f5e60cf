package io.mlp.api.problem;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Problems for what fails outside a controller, such as a request that the server cannot parse. */
@RestController
class ErrorPage implements ErrorController {
  private final ProblemAnswers answers;

  ErrorPage(ProblemAnswers answers) {
    this.answers = answers;
  }

  @RequestMapping("/error")
  ResponseEntity<Object> error(HttpServletRequest request) {
    Object code = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    Object path = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
    HttpStatus status = code instanceof Integer number ? HttpStatus.resolve(number) : null;
    HttpStatus known = status == null ? HttpStatus.NOT_FOUND : status;
    ProblemAnswers.Answer answer =
        answers.of(
            known,
            path instanceof String failed ? failed : request.getRequestURI(),
            RequestIds.of(request));
    return ResponseEntity.status(known).headers(answer.headers()).body(answer.body());
  }
}
