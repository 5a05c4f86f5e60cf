package io.mlp.api.owner;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.mlp.api.http.QueryParameters;
import io.mlp.api.http.RequestBodies;
import io.mlp.api.memory.MemoryBudget;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/keys}, for administrators. */
@RestController
class KeysController {
  private static final int DEFAULT_LIMIT = 50;
  private static final int MAX_LIMIT = 100;
  private static final UUID GREATEST = new UUID(-1, -1);

  private final Keys keys;
  private final RequestBodies bodies;
  private final MemoryBudget budget;

  KeysController(Keys keys, RequestBodies bodies, MemoryBudget budget) {
    this.keys = keys;
    this.bodies = bodies;
    this.budget = budget;
  }

  /** Some keys; {@code next} is the cursor behind them, if there are more. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record KeyPage(List<KeyView> keys, @Nullable UUID next) {}

  /**
   * A key that has just been made.
   *
   * @param key the whole of it
   */
  record MadeView(String key, @JsonUnwrapped KeyView view) {}

  @GetMapping("/v1/keys")
  KeyPage list(
      @RequestParam(required = false) @Nullable String owner,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable String limit) {
    Integer sent = QueryParameters.whole("limit", limit);
    int most = sent == null ? DEFAULT_LIMIT : sent;
    if (most < 1 || most > MAX_LIMIT) {
      throw refused("limit", most + " (expected: 1 to " + MAX_LIMIT + ")");
    }
    if (owner != null && owner.indexOf('\0') >= 0) {
      throw refused("owner", "holds U+0000, as no name does");
    }
    UUID before = cursor == null ? GREATEST : cursor(cursor);
    List<KeyView> found = keys.list(owner, before, most);
    return new KeyPage(found, found.size() == most ? found.getLast().id() : null);
  }

  @PostMapping(path = "/v1/keys", consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<MadeView> create(
      HttpServletRequest request, @AuthenticationPrincipal Caller caller) throws IOException {
    return made(keys.create(body(request), caller.in(request)));
  }

  @GetMapping("/v1/keys/{id}")
  KeyView key(@PathVariable String id) {
    return keys.find(id(id));
  }

  @PatchMapping(
      path = "/v1/keys/{id}",
      consumes = {MediaType.APPLICATION_JSON_VALUE, "application/merge-patch+json"})
  KeyView change(
      @PathVariable String id, HttpServletRequest request, @AuthenticationPrincipal Caller caller)
      throws IOException {
    return keys.change(id(id), body(request), caller.in(request));
  }

  @PostMapping(path = "/v1/keys/{id}/rotate", consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<MadeView> rotate(
      @PathVariable String id, HttpServletRequest request, @AuthenticationPrincipal Caller caller)
      throws IOException {
    return made(keys.rotate(id(id), body(request), caller.in(request)));
  }

  @PostMapping("/v1/keys/{id}/revoke")
  KeyView revoke(
      @PathVariable String id, HttpServletRequest request, @AuthenticationPrincipal Caller caller) {
    return keys.revoke(id(id), caller.in(request));
  }

  private static ResponseEntity<MadeView> made(Keys.Made made) {
    return ResponseEntity.created(URI.create("/v1/keys/" + made.key().id()))
        .body(new MadeView(made.secret(), made.key()));
  }

  private byte[] body(HttpServletRequest request) throws IOException {
    try (MemoryBudget.Share memory = budget.open()) {
      return bodies.receive(request, memory);
    }
  }

  private static UUID id(String text) {
    return uuid(text).orElseThrow(() -> Keys.absent(text));
  }

  private static UUID cursor(String text) {
    return uuid(text).orElseThrow(() -> refused("cursor", "is not one that this API gave"));
  }

  /** Java reads short forms, too, which are no ids. */
  private static Optional<UUID> uuid(String text) {
    try {
      return Optional.of(UUID.fromString(text)).filter(id -> id.toString().equalsIgnoreCase(text));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static ProblemException refused(String parameter, String what) {
    return ProblemException.at(ProblemType.INVALID_PARAMETER, parameter, parameter + ": " + what);
  }
}
