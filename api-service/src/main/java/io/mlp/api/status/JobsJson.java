package io.mlp.api.status;

import io.mlp.job.Job;
import io.mlp.job.JobJson;
import io.mlp.job.store.JobPage;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorJson;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** The JSON of lists of jobs and of bare results. */
final class JobsJson {
  private static final JsonFactory JSON = JsonFactory.builder().build();

  private JobsJson() {}

  /** {@code {"jobs":[…],"next":"<cursor>"}}; without {@code next} on the last page. */
  static byte[] page(JobPage page) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(4096);
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      json.writeArrayPropertyStart("jobs");
      page.jobs().forEach(job -> JobJson.write(json, job));
      json.writeEndArray();
      UUID next = page.next();
      if (next != null) {
        json.writeStringProperty("next", next.toString());
      }
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  /**
   * The response of the Open Inference Protocol: {@code model_name}, {@code id}, {@code outputs}.
   */
  static byte[] result(Job job) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    List<Tensor> outputs = job.outputs();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      writeResult(json, job, out -> TensorJson.write(out, outputs == null ? List.of() : outputs));
    }
    return bytes.toByteArray();
  }

  /** Writes the same with outputs that are elsewhere. */
  static void writeResult(JsonGenerator json, Job job, Consumer<JsonGenerator> outputs) {
    json.writeStartObject();
    json.writeStringProperty("model_name", job.model());
    json.writeStringProperty("model_version", Integer.toString(job.version()));
    json.writeStringProperty("id", job.id().toString());
    json.writeName("outputs");
    outputs.accept(json);
    json.writeEndObject();
  }
}
