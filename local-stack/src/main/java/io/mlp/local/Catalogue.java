package io.mlp.local;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the api says about models: each version with its state.
 *
 * @param versions model name to version to state, in the api's order
 */
record Catalogue(Map<String, Map<String, String>> versions) {
  static final Catalogue EMPTY = new Catalogue(Map.of());

  private static final String READY = "ready";
  private static final Set<String> SETTLED = Set.of(READY, "failed");
  private static final JsonMapper JSON = new JsonMapper();

  /** Reads the answer of {@code GET /v1/models}; what is not such an answer lists nothing. */
  static Catalogue read(String json) {
    try {
      Map<String, Map<String, String>> versions = new LinkedHashMap<>();
      for (JsonNode model : JSON.readTree(json).path("models")) {
        versions.put(model.path("name").asString(""), states(model));
      }
      return new Catalogue(versions);
    } catch (JacksonException e) {
      return EMPTY;
    }
  }

  /** Those of a model's versions that are neither ready nor failed, with what they are instead. */
  List<String> unsettled(ShippedModel model) {
    return model.versions().stream()
        .filter(version -> !SETTLED.contains(state(model.name(), version)))
        .map(version -> model.name() + " " + version + " " + state(model.name(), version))
        .toList();
  }

  boolean serves(String model) {
    return versions.getOrDefault(model, Map.of()).containsValue(READY);
  }

  boolean servesAny() {
    return versions.keySet().stream().anyMatch(this::serves);
  }

  /** Such as {@code iris 1, iris 2}. */
  List<String> in(String state) {
    return versions.entrySet().stream()
        .flatMap(model ->
            model.getValue().entrySet().stream()
                .filter(version -> version.getValue().equals(state))
                .map(version -> model.getKey() + " " + version.getKey()))
        .toList();
  }

  private String state(String model, String version) {
    return versions.getOrDefault(model, Map.of()).getOrDefault(version, "not listed");
  }

  private static Map<String, String> states(JsonNode model) {
    Map<String, String> states = new LinkedHashMap<>();
    for (JsonNode version : model.path("versions")) {
      // A version can be listed twice: refused to one worker, served by another.
      states.merge(
          version.path("version").asString(""),
          version.path("state").asString(""),
          (one, other) -> one.equals(READY) ? one : other);
    }
    return states;
  }
}
