package io.mlp.local;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  /** Listed with at least one version, ready or failed: somebody tried to load it. */
  boolean lists(String model) {
    return !versions.getOrDefault(model, Map.of()).isEmpty();
  }

  boolean serves(String model) {
    return versions.getOrDefault(model, Map.of()).containsValue("ready");
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

  private static Map<String, String> states(JsonNode model) {
    Map<String, String> states = new LinkedHashMap<>();
    for (JsonNode version : model.path("versions")) {
      states.put(version.path("version").asString(""), version.path("state").asString(""));
    }
    return states;
  }
}
