package io.mlp.dispatch;

import java.io.ByteArrayOutputStream;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The right to run some jobs of a queue: a worker with tickets for k jobs in hand claims the best k
 * rows that wait there. The job named is the first of those whose acceptance sent the ticket, for
 * the reader of a log; it need not be one of those that are claimed.
 *
 * <p>On the wire: {@code {"v":1,"job":"<uuid>","model_version":7,"jobs":3}}; pinned by a golden
 * file. A ticket that does not say how many is for one.
 *
 * @param modelVersionId key of the row in {@code model_version} whose jobs the ticket is for
 * @param jobs how many, 1 to {@value #MOST_JOBS}
 */
public record Ticket(UUID jobId, int modelVersionId, int jobs) {
  /** So that a wrong number does not make a worker claim all there is. */
  public static final int MOST_JOBS = 64;

  /** Unknown members are skipped, so members may be added without a new number. */
  private static final int VERSION = 1;

  private static final JsonFactory JSON = JsonFactory.builder().build();

  public byte[] encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(96);
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      json.writeNumberProperty("v", VERSION);
      json.writeStringProperty("job", jobId.toString());
      json.writeNumberProperty("model_version", modelVersionId);
      json.writeNumberProperty("jobs", jobs);
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  /**
   * Reads a ticket off the wire.
   *
   * @throws IllegalArgumentException if the bytes are no ticket of this version
   */
  public static Ticket decode(byte[] bytes) {
    int version = 0;
    int modelVersionId = 0;
    int jobs = 1;
    String job = "";
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), bytes)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("ticket: no JSON object");
      }
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "v" -> version = json.getIntValue();
          case "job" -> job = json.getString();
          case "model_version" -> modelVersionId = json.getIntValue();
          case "jobs" -> jobs = json.getIntValue();
          default -> json.skipChildren();
        }
      }
    } catch (JacksonException e) {
      throw new IllegalArgumentException("ticket: " + e.getOriginalMessage(), e);
    }
    if (version != VERSION) {
      throw new IllegalArgumentException("ticket version: " + version + " (expected: 1)");
    }
    if (modelVersionId < 1) {
      throw new IllegalArgumentException("ticket: no model_version");
    }
    if (jobs < 1 || jobs > MOST_JOBS) {
      throw new IllegalArgumentException(
          "ticket jobs: %d (expected: 1 to %d)".formatted(jobs, MOST_JOBS));
    }
    return new Ticket(UUID.fromString(job), modelVersionId, jobs);
  }
}
