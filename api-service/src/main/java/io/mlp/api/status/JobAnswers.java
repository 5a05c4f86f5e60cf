package io.mlp.api.status;

import io.mlp.api.memory.LargeWork;
import io.mlp.api.memory.MemoryBudget;
import io.mlp.job.Job;
import io.mlp.job.JobJson;
import io.mlp.job.Prediction;
import io.mlp.job.store.FoundJob;
import io.mlp.job.store.LargeOutputs;
import io.mlp.job.store.OutputPieces;
import io.mlp.job.store.StoredJobs;
import io.mlp.tensor.TensorInput;
import io.mlp.tensor.TensorJson;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.coyote.CloseNowException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.ServletWebRequest;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

/**
 * Answers with jobs and results: small ones whole, large ones piece by piece, as they are read from
 * the database.
 *
 * <p>Large ones are written in the request's own thread, for as long as the client takes to read
 * them. Nothing is held meanwhile but a piece and what it becomes: no connection to the database,
 * no processor, and a share of the budget of memory.
 */
@Component
public class JobAnswers {
  private static final Logger LOG = LoggerFactory.getLogger(JobAnswers.class);

  /** A piece as the driver has received it, as bytes and as JSON. */
  private static final int SHARE = 4 * OutputPieces.SIZE;

  /** What a prediction takes while the outputs before it are sent. */
  private static final long PREDICTION = 128;

  /** What is cut stays cut: whoever closes it adds no brackets, and does not end the answer. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT, StreamWriteFeature.AUTO_CLOSE_TARGET)
          .build();

  private final StoredJobs store;
  private final JobPaths paths;
  private final MemoryBudget budget;
  private final LargeWork work;

  JobAnswers(StoredJobs store, JobPaths paths, MemoryBudget budget, LargeWork work) {
    this.store = store;
    this.paths = paths;
    this.budget = budget;
    this.work = work;
  }

  /**
   * Answers with a job.
   *
   * @return null if the answer has been sent
   * @throws io.mlp.api.problem.ProblemException before anything is sent: 503 if others hold the
   *     memory that it takes, 404 or 410 if the job has just been deleted
   */
  public @Nullable ResponseEntity<byte[]> job(
      ResponseEntity.BodyBuilder head, JobAnswer answer, ServletWebRequest request)
      throws IOException {
    return switch (answer) {
      case JobAnswer.Whole(byte[] json, _) -> whole(head, json);
      case JobAnswer.Large(Job job, LargeOutputs outputs) ->
          inPieces(head, job, outputs, request, (json, data) -> JobJson.write(json, job, data));
    };
  }

  /** Answers with a job's outputs alone, in the same way. */
  @Nullable ResponseEntity<byte[]> result(FoundJob found, ServletWebRequest request)
      throws IOException {
    Job job = found.job();
    return found.large() == null
        ? whole(ResponseEntity.ok(), JobsJson.result(job))
        : inPieces(
            ResponseEntity.ok(),
            job,
            found.large(),
            request,
            (json, data) -> JobsJson.writeResult(json, job, data));
  }

  private static ResponseEntity<byte[]> whole(ResponseEntity.BodyBuilder head, byte[] json) {
    return head.contentType(MediaType.APPLICATION_JSON).body(json);
  }

  /** A JSON object with outputs somewhere in it. */
  private interface Form {
    void write(JsonGenerator json, Consumer<JsonGenerator> outputs);
  }

  private @Nullable ResponseEntity<byte[]> inPieces(
      ResponseEntity.BodyBuilder head,
      Job job,
      LargeOutputs outputs,
      ServletWebRequest request,
      Form form)
      throws IOException {
    HttpServletResponse response = Objects.requireNonNull(request.getResponse());
    // If this ends as a problem, that is not what the job's tag stands for.
    response.setHeader(HttpHeaders.ETAG, null);
    try (MemoryBudget.Share share = budget.open()) {
      List<Prediction> predictions = job.predictions();
      share.take(SHARE + (predictions == null ? 0 : PREDICTION * predictions.size()));
      try (LargeWork.Turn turn = work.begin()) {
        TensorInput pieces = new TensorInput(store.pieces(outputs));
        begin(head, response);
        if (!request.getHttpMethod().equals(HttpMethod.HEAD)) {
          write(
              json -> form.write(json, out -> TensorJson.write(out, pieces)),
              turn.yielding(response.getOutputStream()));
        }
      }
      return null;
    } catch (OutputPieces.GoneException _) {
      throw paths.absent(outputs.jobId());
    } catch (AnswerCutException e) {
      LOG.warn("The answer for job {} is cut: {}", outputs.jobId(), String.valueOf(e.getCause()));
      throw new CloseNowException("An answer was cut");
    }
  }

  private static void begin(ResponseEntity.BodyBuilder head, HttpServletResponse response) {
    ResponseEntity<?> begun = head.contentType(MediaType.APPLICATION_JSON).build();
    response.setStatus(begun.getStatusCode().value());
    begun
        .getHeaders()
        .forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
  }

  private static void write(Consumer<JsonGenerator> form, OutputStream client)
      throws IOException, AnswerCutException {
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), client)) {
      form.accept(json);
    } catch (JacksonIOException e) {
      throw e.getCause();
    } catch (RuntimeException e) {
      throw new AnswerCutException(e);
    }
  }

  /** What has been sent cannot be taken back, nor be gone on with. */
  private static final class AnswerCutException extends Exception {
    private AnswerCutException(RuntimeException cause) {
      super(cause);
    }
  }
}
