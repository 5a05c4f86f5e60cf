package io.mlp.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorJson;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The one JSON form of a job: what the API answers, and what Redis keeps of a finished job, byte
 * for byte. The facts stand first; outputs and predictions, which never change under the same
 * facts, follow.
 */
public final class JobJson {
  private static final JsonFactory JSON = JsonFactory.builder().build();
  private static final TypeReference<List<Prediction>> PREDICTIONS = new TypeReference<>() {};
  private static final byte[] OUTPUTS = ",\"outputs\":[".getBytes(UTF_8);

  /** It stands behind the id, at the same place in all jobs. */
  private static final byte[] OWNER = ",\"owner\":\"".getBytes(UTF_8);

  private static final int OWNER_AT = "{'id':'01a20cbc-33bc-70b5-9d53-3aaadfb3a7a5'".length();

  private JobJson() {}

  public static byte[] write(Job job) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(768);
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      write(json, job);
    }
    return bytes.toByteArray();
  }

  public static void write(JsonGenerator json, Job job) {
    List<Tensor> outputs = job.outputs();
    write(json, job, outputs == null ? null : out -> TensorJson.write(out, outputs));
  }

  /**
   * Writes a job whose outputs are elsewhere.
   *
   * @param outputs writes them; null if there are none
   */
  public static void write(JsonGenerator json, Job job, @Nullable Consumer<JsonGenerator> outputs) {
    json.writeStartObject();
    writeFacts(json, job);
    if (outputs != null) {
      json.writeName("outputs");
      outputs.accept(json);
    }
    if (job.predictions() != null) {
      json.writeName("predictions");
      writePredictions(json, job.predictions());
    }
    json.writeEndObject();
  }

  /** The JSON of a job that has outputs, up to these. */
  public static byte[] facts(Job job) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(768);
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      writeFacts(json, job);
      json.writeEndObject();
    }
    byte[] object = bytes.toByteArray();
    return Arrays.copyOf(object, object.length - 1);
  }

  /**
   * How many bytes of a job's JSON are its facts: those before its outputs, or all if it has none.
   * Nothing before can look like the beginning of outputs: no text holds a bare quotation mark, and
   * no other property of that name is an array.
   */
  public static int factsIn(byte[] json) {
    for (int at = 0; at <= json.length - OUTPUTS.length; at++) {
      if (Arrays.equals(json, at, at + OUTPUTS.length, OUTPUTS, 0, OUTPUTS.length)) {
        return at;
      }
    }
    return json.length;
  }

  /**
   * The owner that a job's JSON names. No owner's name needs an escape.
   *
   * @throws IllegalArgumentException if the bytes are not the JSON of a job
   */
  public static String owner(byte[] json) {
    int from = OWNER_AT + OWNER.length;
    int to = from;
    while (to < json.length && json[to] != '"') {
      to++;
    }
    if (to >= json.length || !Arrays.equals(json, OWNER_AT, from, OWNER, 0, OWNER.length)) {
      throw new IllegalArgumentException("these bytes are no job");
    }
    return new String(json, from, to - from, UTF_8);
  }

  private static void writeFacts(JsonGenerator json, Job job) {
    json.writeStringProperty("id", job.id().toString());
    json.writeStringProperty("owner", job.owner());
    json.writeStringProperty("model", job.model());
    json.writeStringProperty("version", Integer.toString(job.version()));
    json.writeStringProperty("model_digest", job.modelDigest());
    json.writeStringProperty("status", job.status().text());
    json.writeNumberProperty("priority", job.priority());
    json.writeNumberProperty("attempts", job.attempts());
    writeInstant(json, "created_at", job.createdAt());
    writeInstant(json, "started_at", job.startedAt());
    writeInstant(json, "completed_at", job.completedAt());
    writeInstant(json, "expires_at", job.expiresAt());
    writeMetadata(json, job.options().metadata());
    writeTrace(json, job.options().trace());
    writeFailure(json, job.failure());
    writeMetrics(json, job.metrics());
    writeLinks(json, job.id());
  }

  private static void writeInstant(JsonGenerator json, String name, @Nullable Instant instant) {
    if (instant != null) {
      json.writeStringProperty(name, instant.toString());
    }
  }

  private static void writeMetadata(JsonGenerator json, Map<String, String> metadata) {
    if (metadata.isEmpty()) {
      return;
    }
    json.writeObjectPropertyStart("metadata");
    metadata.forEach(json::writeStringProperty);
    json.writeEndObject();
  }

  private static void writeTrace(JsonGenerator json, @Nullable TraceContext trace) {
    if (trace != null) {
      json.writeStringProperty("trace_id", trace.traceId());
    }
  }

  private static void writeFailure(JsonGenerator json, @Nullable Failure failure) {
    if (failure == null) {
      return;
    }
    json.writeObjectPropertyStart("error");
    json.writeStringProperty("kind", failure.kind().text());
    json.writeStringProperty("detail", failure.detail());
    json.writeEndObject();
  }

  /** The form of the column {@code job.predictions}, which analysts query; also of the cache. */
  public static byte[] predictions(List<Prediction> predictions) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      writePredictions(json, predictions);
    }
    return bytes.toByteArray();
  }

  /** The predictions that were written so. */
  public static List<Prediction> readPredictions(String json) {
    return JsonMapper.shared().readValue(json, PREDICTIONS);
  }

  private static void writePredictions(JsonGenerator json, List<Prediction> predictions) {
    json.writeStartArray();
    for (Prediction prediction : predictions) {
      json.writeStartObject();
      json.writeStringProperty("label", prediction.label());
      if (prediction.score() != null) {
        json.writeNumberProperty("score", prediction.score());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void writeMetrics(JsonGenerator json, Job.@Nullable Metrics metrics) {
    if (metrics == null) {
      return;
    }
    json.writeObjectPropertyStart("metrics");
    json.writeNumberProperty("queue_ms", micros(metrics.queueMillis()));
    json.writeNumberProperty("compute_ms", micros(metrics.computeMillis()));
    json.writeNumberProperty("batch_rows", metrics.batchRows());
    if (metrics.cache() != null) {
      json.writeStringProperty("cache", metrics.cache().text());
    }
    json.writeEndObject();
  }

  private static double micros(double millis) {
    return Math.round(millis * 1000) / 1000.0;
  }

  private static void writeLinks(JsonGenerator json, UUID id) {
    json.writeObjectPropertyStart("links");
    json.writeStringProperty("self", "/v1/jobs/" + id);
    json.writeStringProperty("result", "/v1/jobs/" + id + "/result");
    json.writeEndObject();
  }
}
