package io.mlp.worker.inference;

import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorType;
import io.mlp.worker.inference.InferenceOutcome.Succeeded;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Puts rows together for a run of a model and takes its answer apart. Whatever goes wrong is an
 * {@link InferenceFailed}. Each run is told the places of the requests that share it.
 */
final class BatchRun {
  private final OnnxModel model;
  private final RunObserver observer;

  BatchRun(OnnxModel model, RunObserver observer) {
    this.model = model;
    this.observer = observer;
  }

  /** What a run gave, for all its rows. */
  record Answer(List<Tensor> outputs, Duration compute, long rows) {

    /** The share of one request. */
    Succeeded rows(long from, long to) {
      List<Tensor> share = to - from == rows ? outputs : slices(outputs, from, to);
      return new Succeeded(share, compute, Math.toIntExact(rows));
    }
  }

  /** One run of one request, whose first dimension need not be the batch. */
  Answer alone(int request, List<Tensor> inputs, Set<String> outputs)
      throws InferenceFailed, RunAbandoned {
    Answer answer = timed(List.of(request), inputs, outputs, 0);
    observer.answered(1);
    return answer;
  }

  /**
   * @param before bytes of the outputs that earlier runs gave for the same request
   */
  private Answer timed(
      List<Integer> requests, List<Tensor> inputs, Set<String> outputs, long before)
      throws InferenceFailed, RunAbandoned {
    try (InferenceRun run = InferenceRun.of(requests)) {
      observer.begins(run);
      try {
        AtomicLong computed = new AtomicLong();
        long start = System.nanoTime();
        OutputGate gate =
            bytes -> {
              computed.set(System.nanoTime() - start);
              observer.computed(run, bytes, before);
            };
        List<Tensor> answer = model.run(inputs, outputs, run, gate);
        return new Answer(answer, Duration.ofNanos(computed.get()), 1);
      } finally {
        observer.ended(run);
      }
    }
  }

  /**
   * One run for the rows of all requests.
   *
   * @param inputs those of each request, all in the same order
   */
  Answer together(List<Integer> requests, List<List<Tensor>> inputs, Set<String> outputs)
      throws InferenceFailed, RunAbandoned {
    if (inputs.size() == 1) {
      return batch(requests, inputs.getFirst(), outputs, 0);
    }
    try (Arena memory = Arena.ofConfined()) {
      List<Tensor> joined = new ArrayList<>();
      for (int i = 0; i < inputs.getFirst().size(); i++) {
        int input = i;
        joined.add(
            concatenated(inputs.stream().map(request -> request.get(input)).toList(), memory));
      }
      return batch(requests, joined, outputs, 0);
    } catch (RuntimeException | OutOfMemoryError e) {
      throw failed("the batch cannot be put together: " + e, e);
    }
  }

  private Answer batch(
      List<Integer> requests, List<Tensor> inputs, Set<String> outputs, long before)
      throws InferenceFailed, RunAbandoned {
    long rows = inputs.getFirst().rows();
    Answer answer = timed(requests, inputs, outputs, before);
    for (Tensor output : answer.outputs) {
      if (!output.hasRows(rows)) {
        throw failed(
            "output %s has the shape %s for %d rows of input, though the model is batched"
                .formatted(output.name(), output.shape(), rows));
      }
    }
    observer.answered(rows);
    return new Answer(answer.outputs, answer.compute, rows);
  }

  /** As many runs as it takes for one request with more rows than fit one. */
  Succeeded inChunks(int request, List<Tensor> inputs, Set<String> outputs, int maxRows)
      throws InferenceFailed, RunAbandoned {
    List<List<Tensor>> answers = new ArrayList<>();
    Duration compute = Duration.ZERO;
    long bytes = 0;
    long rows = inputs.getFirst().rows();
    for (long from = 0; from < rows; from += maxRows) {
      List<Tensor> chunk = slices(inputs, from, Math.min(rows, from + maxRows));
      Answer answer = batch(List.of(request), chunk, outputs, bytes);
      answers.add(answer.outputs);
      bytes += answer.outputs.stream().mapToLong(Tensor::byteSize).sum();
      compute = compute.plus(answer.compute);
    }
    return new Succeeded(joined(answers), compute, maxRows);
  }

  private static List<Tensor> joined(List<List<Tensor>> answers) throws InferenceFailed {
    List<Tensor> whole = new ArrayList<>();
    for (int i = 0; i < answers.getFirst().size(); i++) {
      int output = i;
      List<Tensor> parts = answers.stream().map(answer -> answer.get(output)).toList();
      requireAlike(parts);
      whole.add(joinedOutput(parts));
    }
    return whole;
  }

  private static Tensor joinedOutput(List<Tensor> parts) throws InferenceFailed {
    try {
      return Tensor.concatenate(parts, ByteBuffer.allocate(size(parts)));
    } catch (ArithmeticException | OutOfMemoryError e) {
      throw failed("output %s is too large".formatted(parts.getFirst().name()), e);
    }
  }

  private static void requireAlike(List<Tensor> parts) throws InferenceFailed {
    TensorShape first = parts.getFirst().shape();
    for (Tensor part : parts) {
      if (!part.shape().withRows(first.dimension(0)).equals(first)) {
        throw failed(
            "output %s has the shape %s for some rows and %s for others; fewer rows at once may do"
                .formatted(part.name(), first, part.shape()));
      }
    }
  }

  private static Tensor concatenated(List<Tensor> parts, Arena memory) {
    int size = size(parts);
    boolean onHeap = parts.getFirst().type() == TensorType.BYTES;
    return Tensor.concatenate(
        parts, onHeap ? ByteBuffer.allocate(size) : OrtInputs.allocate(memory, size));
  }

  private static int size(List<Tensor> parts) {
    return Math.toIntExact(parts.stream().mapToLong(Tensor::byteSize).sum());
  }

  private static List<Tensor> slices(List<Tensor> tensors, long from, long to) {
    return tensors.stream().map(tensor -> tensor.slice(from, to)).toList();
  }

  private static InferenceFailed failed(String detail) {
    return failed(detail, null);
  }

  private static InferenceFailed failed(String detail, @Nullable Throwable cause) {
    return new InferenceFailed(new Failure(FailureKind.MODEL_ERROR, detail), cause);
  }
}
