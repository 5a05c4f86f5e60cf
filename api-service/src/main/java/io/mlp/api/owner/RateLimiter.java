package io.mlp.api.owner;

import io.mlp.api.problem.ProblemException;
import jakarta.servlet.http.HttpServletResponse;

/** Lets a key do no more per second than it may. */
public interface RateLimiter {
  /**
   * Takes one request from the key's rate, and tells in headers what is left.
   *
   * @throws ProblemException 429 if nothing is left
   */
  void take(Caller caller, Quota quota, HttpServletResponse response);
}
