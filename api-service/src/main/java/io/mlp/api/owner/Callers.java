package io.mlp.api.owner;

import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Enumeration;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/** Tells who sent a request. */
@Component
class Callers {
  private static final String BEARER = "Bearer ";

  private final KnownKeys keys;
  private final KeyUses uses;
  private final Optional<Caller> onLoopback;

  Callers(KnownKeys keys, KeyUses uses, KeySettings settings) {
    this.keys = keys;
    this.uses = uses;
    this.onLoopback =
        settings.loopbackOwner().isEmpty()
            ? Optional.empty()
            : Optional.of(
                new Caller(
                    settings.loopbackOwner(), Role.ADMIN, "loopback", null, Limits.NONE, null));
  }

  /**
   * The caller; empty if the request has no key and needs one. A key that is sent has to be good,
   * wherever it comes from.
   *
   * @throws ProblemException 401 if it is not, 503 if that cannot be known
   */
  Optional<Caller> of(HttpServletRequest request) {
    Enumeration<String> sent = request.getHeaders(HttpHeaders.AUTHORIZATION);
    if (!sent.hasMoreElements()) {
      return onLoopback.filter(_ -> LoopbackRule.holdsFor(request));
    }
    Caller caller = key(sent).flatMap(keys::find).orElseThrow(Callers::wrongKey);
    uses.used(caller);
    return Optional.of(caller);
  }

  /** RFC 6750; the name of a scheme has no case. */
  private static Optional<KeyText> key(Enumeration<String> headers) {
    String sent = headers.nextElement();
    boolean bearer = sent.regionMatches(true, 0, BEARER, 0, BEARER.length());
    boolean one = !headers.hasMoreElements();
    return one && bearer ? KeyText.of(sent.substring(BEARER.length()).strip()) : Optional.empty();
  }

  /** One text for all that is wrong with a key: whoever tries keys learns nothing. */
  private static ProblemException wrongKey() {
    return ProblemException.accepting(
        ProblemType.UNAUTHORIZED,
        "The key is not one that is accepted: it was never given out, has been revoked or has expired",
        HttpHeaders.WWW_AUTHENTICATE,
        "Bearer realm=\"mlp\", error=\"invalid_token\"");
  }

  static ProblemException noKey() {
    return ProblemException.accepting(
        ProblemType.UNAUTHORIZED,
        "The request has no key (expected: Authorization: Bearer mlp_…)",
        HttpHeaders.WWW_AUTHENTICATE,
        "Bearer realm=\"mlp\"");
  }
}
