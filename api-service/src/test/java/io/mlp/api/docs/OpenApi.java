package io.mlp.api.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The description that the api serves, to hold answers against. */
public final class OpenApi {
  private static final String IRI = "https://mlp.invalid/openapi";
  private static final JsonMapper JSON = JsonMapper.shared();

  private final JsonNode document;
  private final SchemaRegistry schemas;

  private OpenApi(JsonNode document) {
    this.document = document;
    SchemaRegistryConfig config =
        SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build();
    this.schemas =
        SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder ->
                builder.schemas(Map.of(IRI, document.toString())).schemaRegistryConfig(config));
  }

  public static OpenApi read() {
    try (InputStream yaml = new ClassPathResource("openapi.yaml").getInputStream()) {
      return new OpenApi(new YAMLMapper().readTree(yaml));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * An example of the description.
   *
   * @param pointer where it stands
   * @param schema pointer of the schema that it belongs to
   */
  public record Example(String pointer, String schema, JsonNode value) {}

  /** Every example there is: of bodies, parameters and headers, and of the schemas themselves. */
  public List<Example> examples() {
    List<Example> found = new ArrayList<>();
    nodes()
        .forEach((pointer, node) -> {
          if (node.has("schema")) {
            addExamples(node, pointer, pointer + "/schema", found);
          } else if (node.path("examples").isArray()) {
            addExamples(node, pointer, pointer, found);
          }
        });
    return found;
  }

  private void addExamples(JsonNode holder, String pointer, String schema, List<Example> found) {
    if (holder.has("example")) {
      found.add(new Example(pointer + "/example", schema, holder.get("example")));
    }
    members(holder.path("examples"), pointer + "/examples")
        .forEach((where, example) -> {
          boolean wrapped = holder.path("examples").isObject();
          found.add(
              new Example(where, schema, wrapped ? resolved(example).path("value") : example));
        });
  }

  /** The bodies that are shown for a {@code POST} to that path. */
  public List<Example> requestExamples(String path) {
    String body = "/paths/" + escaped(path) + "/post/requestBody";
    return examples().stream().filter(example -> example.pointer.startsWith(body)).toList();
  }

  /** Every node by its pointer, the document's own first. */
  Map<String, JsonNode> nodes() {
    Map<String, JsonNode> nodes = new LinkedHashMap<>();
    addNodes("", document, nodes);
    return nodes;
  }

  private static void addNodes(String pointer, JsonNode node, Map<String, JsonNode> nodes) {
    nodes.put(pointer, node);
    members(node, pointer).forEach((below, member) -> addNodes(below, member, nodes));
  }

  private static Map<String, JsonNode> members(JsonNode node, String pointer) {
    Map<String, JsonNode> members = new LinkedHashMap<>();
    node.properties()
        .forEach(
            member -> members.put(pointer + "/" + escaped(member.getKey()), member.getValue()));
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      members.put(pointer + "/" + i, node.get(i));
    }
    return members;
  }

  private static String escaped(String member) {
    return member.replace("~", "~0").replace("/", "~1");
  }

  /** What stands at that pointer. */
  public JsonNode at(String pointer) {
    return document.at(pointer);
  }

  /** The node itself, or what it refers to. */
  JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? document.at(node.get("$ref").asString().substring(1)) : node;
  }

  /** The names of the properties of that schema. */
  public Set<String> properties(String schema) {
    JsonNode properties = document.at("/components/schemas/" + schema + "/properties");
    return new TreeSet<>(properties.propertyNames());
  }

  /** The values that a schema, given by its path below all schemas, is limited to. */
  public List<String> values(String schema) {
    JsonNode values = document.at("/components/schemas/" + schema + "/enum");
    return values.valueStream().map(JsonNode::asString).toList();
  }

  /** What is wrong with the JSON by the schema at that pointer; empty if nothing is. */
  List<String> violations(String schemaPointer, JsonNode json) {
    // As a URI's fragment, which paths with a variable are not.
    String fragment = schemaPointer.replace("{", "%7B").replace("}", "%7D");
    Schema schema = schemas.getSchema(SchemaLocation.of(IRI + "#" + fragment));
    return schema.validate(json.toString(), InputFormat.JSON).stream()
        .map(Object::toString)
        .toList();
  }

  /** Fails unless the JSON is what the schema of that name describes, with no member besides. */
  public void assertDescribes(String schema, byte[] json) {
    assertThat(violations("/components/schemas/" + schema, JSON.readTree(json)))
        .as("%s as a %s", new String(json, UTF_8), schema)
        .isEmpty();
  }
}
