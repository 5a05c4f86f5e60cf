package io.mlp.api.owner;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.mlp.api.http.QueryParameters;
import io.mlp.api.http.RequestBodies;
import io.mlp.api.memory.MemoryBudget;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.util.List;
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
    int most = QueryParameters.limit(QueryParameters.whole("limit", limit));
    List<KeyView> found =
        keys.list(QueryParameters.name("owner", owner), QueryParameters.cursor(cursor), most);
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
    return QueryParameters.id(text).orElseThrow(() -> Keys.absent(text));
  }
}
