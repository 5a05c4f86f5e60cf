package io.mlp.worker.repository;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mlp.worker.inference.ModelRefused;
import java.io.StringWriter;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Turns the example of {@code model.yaml} into the JSON that a client may send as it is. */
final class ExampleJson {
  private static final JsonFactory JSON = JsonFactory.builder().build();

  private ExampleJson() {}

  /**
   * @throws ModelRefused if a name is no text or an element has no JSON form
   */
  static String write(Map<?, ?> example) throws ModelRefused {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      for (Map.Entry<?, ?> input : example.entrySet()) {
        if (!(input.getKey() instanceof String name)) {
          throw new ModelRefused("example: the name %s is no text".formatted(input.getKey()));
        }
        json.writeName(name);
        write(json, "example." + name, input.getValue());
      }
      json.writeEndObject();
    }
    return text.toString();
  }

  /**
   * The text, if PostgreSQL can store it.
   *
   * @throws ModelRefused if it holds U+0000 or half a surrogate pair
   */
  static String storable(String path, String text) throws ModelRefused {
    if (text.indexOf('\0') >= 0 || !UTF_8.newEncoder().canEncode(text)) {
      throw new ModelRefused(path + " holds U+0000 or half a surrogate pair");
    }
    return text;
  }

  private static void write(JsonGenerator json, String path, @Nullable Object value)
      throws ModelRefused {
    switch (value) {
      case Map<?, ?> input when input.keySet().equals(Set.of("shape")) -> {
        json.writeStartObject();
        json.writeName("shape");
        write(json, path + ".shape", input.get("shape"));
        json.writeEndObject();
      }
      case List<?> list -> {
        json.writeStartArray();
        for (int i = 0; i < list.size(); i++) {
          write(json, path + "[" + i + "]", list.get(i));
        }
        json.writeEndArray();
      }
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      case BigInteger number -> json.writeNumber(number);
      case Double number when Double.isFinite(number) -> json.writeNumber(number);
      case Boolean bool -> json.writeBoolean(bool);
      case String text -> json.writeString(storable(path, text));
      case null, default ->
          throw new ModelRefused(
              "%s: %s (expected: a list, a finite number, a text, true or false)"
                  .formatted(path, value));
    }
  }
}
