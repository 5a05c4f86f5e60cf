package io.mlp.local;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.databind.json.JsonMapper;

/**
 * The first job of somebody who has just started the stack.
 *
 * @param model the model that runs it
 */
record Example(ShippedModel model) {
  private static final String FIRST_CHOICE = "digits";
  private static final JsonMapper JSON = new JsonMapper();

  /** The digits if they can be had, else any served model that has an example. */
  static Optional<Example> of(List<ShippedModel> models, Catalogue catalogue) {
    List<ShippedModel> usable =
        models.stream()
            .filter(model -> !model.example().isEmpty() && catalogue.serves(model.name()))
            .toList();
    Predicate<ShippedModel> first = model -> model.name().equals(FIRST_CHOICE);
    return usable.stream()
        .filter(first)
        .findFirst()
        .or(() -> usable.stream().findFirst())
        .map(Example::new);
  }

  /** One line for a shell, whatever the example holds. */
  String curl(URI api) {
    return "curl -s %s -H 'Content-Type: application/json' -H 'Prefer: wait=10' -d '%s'"
        .formatted(api.resolve("/v1/jobs"), body().replace("'", "'\\''"));
  }

  private String body() {
    Map<String, Object> job = new LinkedHashMap<>();
    job.put("model", model.name());
    job.put("inputs", model.example());
    return JSON.writeValueAsString(job);
  }
}
