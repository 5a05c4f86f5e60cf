package io.mlp.job;

import io.mlp.tensor.TensorJson;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The one JSON form of a job: what the API answers, and what Redis keeps of a finished job, byte
 * for byte.
 */
public final class JobJson {
  private static final JsonFactory JSON = JsonFactory.builder().build();
  private static final TypeReference<List<Prediction>> PREDICTIONS = new TypeReference<>() {};

  private JobJson() {}

  public static byte[] write(Job job) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(768);
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      write(json, job);
    }
    return bytes.toByteArray();
  }

  public static void write(JsonGenerator json, Job job) {
    json.writeStartObject();
    json.writeStringProperty("id", job.id().toString());
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
    writeOutcome(json, job);
    writeMetrics(json, job.metrics());
    writeLinks(json, job.id());
    json.writeEndObject();
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

  private static void writeOutcome(JsonGenerator json, Job job) {
    if (job.outputs() != null) {
      json.writeName("outputs");
      TensorJson.write(json, job.outputs());
    }
    if (job.predictions() != null) {
      json.writeName("predictions");
      writePredictions(json, job.predictions());
    }
    if (job.failure() != null) {
      json.writeObjectPropertyStart("error");
      json.writeStringProperty("kind", job.failure().kind().text());
      json.writeStringProperty("detail", job.failure().detail());
      json.writeEndObject();
    }
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
