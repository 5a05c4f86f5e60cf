package io.mlp.api.submission.reading;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mlp.api.memory.MemoryBudget;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.model.ModelSignature;
import io.mlp.tensor.TensorShape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads the body of {@code POST /v1/jobs} in one pass, numbers straight into primitive arrays. A
 * body that is no JSON is a 400; one with unknown, doubled, ill-typed or too many members a 422.
 * Either names the place. What the reading costs is taken from the memory before it is used.
 */
public final class JobRequestReader {
  /** Deep enough for a tensor of 16 dimensions within the list of inputs. */
  private static final int MAX_DEPTH = 24;

  /** Characters of a name, and of all texts but those of tensors and metadata. */
  private static final int MAX_TEXT = ModelSignature.MAX_NAME;

  private static final int MAX_METADATA_BYTES = 4096;

  /** Beside its elements: objects, pointers, hash entries; {@code ReadingCostTest} measures it. */
  private static final int INPUT_BYTES = 1024;

  /** For each character of a name: it is in the parser, a text, and at worst in a pointer. */
  private static final int NAME_COPIES = 16;

  /** Of a text or number as long as the body, which the parser holds as two bytes a character. */
  private static final int PARSER_COPIES = 2;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .build();

  private static final Pattern HINTS =
      Pattern.compile(": enable `[^`]*` to allow|, from `[^`]*`| \\(start marker.*");

  private final JsonParser json;
  private final MemoryBudget.Share memory;

  private JobRequestReader(JsonParser json, MemoryBudget.Share memory) {
    this.json = json;
    this.memory = memory;
  }

  /**
   * Reads a body.
   *
   * @param memory from which is taken what the request holds
   * @throws ProblemException naming the first place that is wrong, or 503 if others hold too much
   *     memory
   */
  public static JobRequest read(byte[] body, MemoryBudget.Share memory) {
    long parser = (long) PARSER_COPIES * body.length;
    memory.take(parser);
    JobRequest request = parse(body, memory);
    memory.giveBack(parser);
    return request;
  }

  private static JobRequest parse(byte[] body, MemoryBudget.Share memory) {
    if (!Utf8.isValid(body)) {
      throw ProblemException.at(ProblemType.MALFORMED_JSON, "#", "The body is not UTF-8");
    }
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), body)) {
      try {
        return new JobRequestReader(json, memory).readRequest();
      } catch (StreamConstraintsException e) {
        // JSON it is, but a number, a name or the nesting goes beyond a limit.
        throw ProblemException.at(
            ProblemType.VALIDATION_ERROR, JsonPointers.of(json), forClients(e));
      } catch (JacksonException e) {
        String pointer = JsonPointers.of(json);
        throw ProblemException.at(ProblemType.MALFORMED_JSON, pointer, forClients(e));
      }
    }
  }

  /** What is wrong, without the hints that Jackson has for programmers. */
  private static String forClients(JacksonException e) {
    String message = HINTS.matcher(e.getOriginalMessage()).replaceAll("");
    return message.startsWith("Non-standard token")
        ? message + "; write it as a text: \"NaN\", \"Infinity\" or \"-Infinity\""
        : message;
  }

  private JobRequest readRequest() {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw ProblemException.at(ProblemType.MALFORMED_JSON, "#", "The body must be a JSON object");
    }
    Members members = new Members();
    while (nextMember(members.seen)) {
      switch (json.currentName()) {
        case "model" -> members.model = text();
        case "version" -> members.version = text();
        case "inputs" -> members.inputs = inputs();
        case "outputs" -> members.outputs = outputs();
        case "priority" -> members.priority = whole();
        case "deadline" -> members.deadline = text();
        case "max_attempts" -> members.maxAttempts = whole();
        case "cache" -> members.cache = text();
        case "metadata" -> members.metadata = metadata();
        default -> throw refused("is not a field of a job");
      }
    }
    if (json.nextToken() != null) {
      throw ProblemException.at(
          ProblemType.MALFORMED_JSON, "#", "The body goes on behind its JSON object");
    }
    return members.request();
  }

  private static final class Members {
    final Set<String> seen = new HashSet<>();
    @Nullable String model;
    @Nullable String version;
    @Nullable List<RawTensor> inputs;
    @Nullable List<String> outputs;
    @Nullable Integer priority;
    @Nullable String deadline;
    @Nullable Integer maxAttempts;
    @Nullable String cache;
    Map<String, String> metadata = Map.of();

    JobRequest request() {
      if (model == null) {
        throw missing("#/model", "model");
      }
      if (inputs == null) {
        throw missing("#/inputs", "inputs");
      }
      return new JobRequest(
          model, version, inputs, outputs, priority, deadline, maxAttempts, cache, metadata);
    }
  }

  /** Steps to the value of the next member of the current object; refuses a doubled name. */
  private boolean nextMember(Set<String> seen) {
    if (json.nextToken() != JsonToken.PROPERTY_NAME) {
      return false;
    }
    if (json.currentName().length() > MAX_TEXT) {
      throw refusedAt(
          JsonPointers.ofParent(json), "has a name of more than %d characters".formatted(MAX_TEXT));
    }
    if (!seen.add(json.currentName())) {
      throw refused("stands here twice");
    }
    json.nextToken();
    return true;
  }

  private List<RawTensor> inputs() {
    return switch (json.currentToken()) {
      case START_ARRAY -> protocolInputs();
      case START_OBJECT -> shortInputs();
      case null, default ->
          throw refused("must be a list of tensors, or an object of arrays by input name");
    };
  }

  private List<RawTensor> shortInputs() {
    List<RawTensor> inputs = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    while (nextMember(seen)) {
      String name = json.currentName();
      takeInput(inputs);
      memory.take((long) NAME_COPIES * name.length());
      String pointer = pointer();
      Elements data = Elements.readAny(json, memory);
      inputs.add(new RawTensor(pointer, name, null, null, data, pointer));
    }
    return inputs;
  }

  private List<RawTensor> protocolInputs() {
    List<RawTensor> inputs = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() != JsonToken.START_OBJECT) {
        throw refused("must be a tensor: {\"name\",\"shape\",\"datatype\",\"data\"}");
      }
      takeInput(inputs);
      inputs.add(protocolInput(pointer()));
    }
    return inputs;
  }

  /** There is room for one more input. */
  private void takeInput(List<RawTensor> before) {
    if (before.size() == ModelSignature.MAX_TENSORS) {
      throw refusedAt("#/inputs", "has more than %d inputs".formatted(ModelSignature.MAX_TENSORS));
    }
    memory.take(INPUT_BYTES);
  }

  private RawTensor protocolInput(String pointer) {
    String name = null;
    String datatype = null;
    TensorShape shape = null;
    Elements data = null;
    Set<String> seen = new HashSet<>();
    while (nextMember(seen)) {
      switch (json.currentName()) {
        case "name" -> name = text();
        case "datatype" -> datatype = text();
        case "shape" -> shape = shape();
        case "data" -> data = Elements.read(json, memory);
        default -> throw refused("is not a field of a tensor");
      }
    }
    return new RawTensor(
        pointer,
        present(name, pointer, "name"),
        present(shape, pointer, "shape"),
        present(datatype, pointer, "datatype"),
        present(data, pointer, "data"),
        pointer + "/data");
  }

  private static <T> T present(@Nullable T value, String pointer, String member) {
    if (value == null) {
      throw missing(pointer + "/" + member, member);
    }
    return value;
  }

  private TensorShape shape() {
    Elements elements = Elements.read(json, memory);
    String pointer = JsonPointers.of(json);
    if (!elements.flat()) {
      throw refusedAt(pointer, "must be a list of whole numbers");
    }
    return elements.asShape(pointer);
  }

  private Map<String, String> metadata() {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw refused("must be an object of texts");
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>();
    long bytes = 0;
    while (nextMember(seen)) {
      String name = json.currentName();
      String value = text(MAX_METADATA_BYTES);
      bytes += name.getBytes(UTF_8).length + value.getBytes(UTF_8).length;
      if (bytes > MAX_METADATA_BYTES) {
        throw refusedAt("#/metadata", "has more than %d bytes".formatted(MAX_METADATA_BYTES));
      }
      metadata.put(name, value);
    }
    return metadata;
  }

  private List<String> outputs() {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw refused("must be a list of texts");
    }
    List<String> outputs = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (outputs.size() == ModelSignature.MAX_TENSORS) {
        throw refusedAt(
            "#/outputs", "has more than %d names".formatted(ModelSignature.MAX_TENSORS));
      }
      outputs.add(text());
    }
    return outputs;
  }

  private String text() {
    return text(MAX_TEXT);
  }

  private String text(int most) {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw refused("must be a text");
    }
    int length = json.getStringLength();
    if (length > most) {
      throw refused("has more than %d characters".formatted(most));
    }
    memory.take((long) NAME_COPIES * length);
    return json.getString();
  }

  private int whole() {
    if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
      throw refused("must be a whole number");
    }
    if (json.getNumberType() != JsonParser.NumberType.INT) {
      throw refused("is out of range");
    }
    return json.getIntValue();
  }

  private String pointer() {
    return JsonPointers.of(json);
  }

  private ProblemException refused(String what) {
    return refusedAt(pointer(), what);
  }

  private static ProblemException refusedAt(String pointer, String what) {
    return ProblemException.at(ProblemType.VALIDATION_ERROR, pointer, pointer + " " + what);
  }

  private static ProblemException missing(String pointer, String member) {
    return ProblemException.at(
        ProblemType.VALIDATION_ERROR, pointer, pointer + " is missing: " + member + " is required");
  }
}
