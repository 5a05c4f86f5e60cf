package io.mlp.worker.inference;

import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import io.mlp.model.Batching;
import io.mlp.model.ModelSignature;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.worker.inference.InferenceOutcome.Failed;
import io.mlp.worker.inference.InferenceOutcome.Succeeded;
import io.mlp.worker.inference.InferenceOutcome.Unanswered;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Runs requests together where that cannot change an answer.
 *
 * <p>Requests share a run if they want the same outputs and their inputs agree in all dimensions
 * but the first, which is the batch. A run takes up to so many rows; a request with more runs in
 * chunks. A run that fails is halved until the bad request stands alone, so its neighbours succeed.
 * A model that is not batched runs one request at a time, as it is.
 *
 * <p>A run that took too long is halved, too, but not without end: once as many runs took too long
 * as it takes to find one request at fault, the requests of further such runs are left unanswered.
 */
public final class MicroBatch {
  private final BatchRun runs;
  private final int maxBatchRows;
  private final Consumer<Map<Integer, InferenceOutcome>> outcomes;

  /** How many runs may still take too long and be halved: enough to find one bad request. */
  private int runsLeft;

  private MicroBatch(
      BatchRun runs, int maxBatchRows, int size, Consumer<Map<Integer, InferenceOutcome>> sink) {
    this.runs = runs;
    this.maxBatchRows = maxBatchRows;
    this.outcomes = sink;
    this.runsLeft = Integer.SIZE - Integer.numberOfLeadingZeros(size - 1);
  }

  /** One request that fits the model, its inputs in the signature's order. */
  private record Member(int index, List<Tensor> inputs) {
    long rows() {
      return inputs.getFirst().rows();
    }
  }

  /** What requests have in common that may share a run. */
  private record BatchKey(Set<String> outputs, List<TensorShape> rowShapes) {}

  /**
   * Runs all requests on the calling thread.
   *
   * @param batching whether rows may share a run, and how many
   * @return one outcome per request, in their order; failures are outcomes, not exceptions
   */
  public static List<InferenceOutcome> run(
      OnnxModel model, Batching batching, List<InferenceRequest> requests) {
    return run(model, batching, requests, RunObserver.NONE);
  }

  /**
   * The same, telling of each run.
   *
   * @param observer is called by this thread
   */
  public static List<InferenceOutcome> run(
      OnnxModel model, Batching batching, List<InferenceRequest> requests, RunObserver observer) {
    InferenceOutcome[] all = new InferenceOutcome[requests.size()];
    run(
        model,
        batching,
        requests,
        observer,
        some -> some.forEach((request, outcome) -> all[request] = outcome));
    return List.of(all);
  }

  /**
   * The same, without holding all outcomes together.
   *
   * @param sink gets, after each run, the outcomes that are known now, by the places of their
   *     requests; one per request in all
   */
  public static void run(
      OnnxModel model,
      Batching batching,
      List<InferenceRequest> requests,
      RunObserver observer,
      Consumer<Map<Integer, InferenceOutcome>> sink) {
    MicroBatch batch =
        new MicroBatch(new BatchRun(model, observer), batching.maxRows(), requests.size(), sink);
    Map<BatchKey, List<Member>> groups = new LinkedHashMap<>();
    for (int i = 0; i < requests.size(); i++) {
      InferenceRequest request = requests.get(i);
      Optional<Failure> refusal =
          RequestCheck.refusal(
              model.signature(), batching.on(), request.inputs(), request.outputs());
      if (refusal.isPresent()) {
        batch.tell(i, new Failed(refusal.get()));
      } else if (batching.on()) {
        batch.admit(i, model.signature(), request, groups);
      } else {
        batch.runAlone(i, request);
      }
    }
    groups.forEach((key, members) -> batch.runGroup(key.outputs, members));
  }

  private void tell(int request, InferenceOutcome outcome) {
    outcomes.accept(Map.of(request, outcome));
  }

  private void admit(
      int index,
      ModelSignature signature,
      InferenceRequest request,
      Map<BatchKey, List<Member>> groups) {
    Member member = new Member(index, signature.inOrder(request.inputs()));
    BatchKey key =
        new BatchKey(request.outputs(), member.inputs.stream().map(MicroBatch::rowShape).toList());
    groups.computeIfAbsent(key, _ -> new ArrayList<>()).add(member);
  }

  private void runAlone(int index, InferenceRequest request) {
    try {
      BatchRun.Answer answer = runs.alone(index, request.inputs(), request.outputs());
      tell(index, new Succeeded(answer.outputs(), answer.compute(), 1));
    } catch (InferenceFailed e) {
      tell(index, new Failed(e.failure()));
    } catch (RunAbandoned _) {
      tell(index, new Unanswered());
    }
  }

  private static TensorShape rowShape(Tensor input) {
    return input.shape().withRows(TensorShape.ANY);
  }

  /** Fills runs in the order of the requests. */
  private void runGroup(Set<String> outputs, List<Member> members) {
    List<Member> next = new ArrayList<>();
    long rows = 0;
    for (Member member : members) {
      if (member.rows() > maxBatchRows) {
        runInChunks(outputs, member);
        continue;
      }
      if (rows + member.rows() > maxBatchRows) {
        runTogether(outputs, next);
        next = new ArrayList<>();
        rows = 0;
      }
      next.add(member);
      rows += member.rows();
    }
    if (!next.isEmpty()) {
      runTogether(outputs, next);
    }
  }

  private void runTogether(Set<String> outputs, List<Member> members) {
    try {
      BatchRun.Answer answer =
          runs.together(
              members.stream().map(Member::index).toList(),
              members.stream().map(Member::inputs).toList(),
              outputs);
      Map<Integer, InferenceOutcome> told = new LinkedHashMap<>();
      long from = 0;
      for (Member member : members) {
        told.put(member.index, answer.rows(from, from + member.rows()));
        from += member.rows();
      }
      outcomes.accept(told);
    } catch (InferenceFailed e) {
      failed(outputs, members, e.failure());
    } catch (RunAbandoned _) {
      leaveUnanswered(members);
    }
  }

  private void failed(Set<String> outputs, List<Member> members, Failure failure) {
    boolean tooLong = failure.kind() == FailureKind.TIMEOUT;
    if (members.size() == 1) {
      tell(members.getFirst().index, new Failed(failure));
    } else if (tooLong && runsLeft == 0) {
      leaveUnanswered(members);
    } else {
      runsLeft -= tooLong ? 1 : 0;
      int half = members.size() / 2;
      runTogether(outputs, members.subList(0, half));
      runTogether(outputs, members.subList(half, members.size()));
    }
  }

  private void leaveUnanswered(List<Member> members) {
    members.forEach(member -> tell(member.index, new Unanswered()));
  }

  private void runInChunks(Set<String> outputs, Member member) {
    try {
      tell(member.index, runs.inChunks(member.index, member.inputs, outputs, maxBatchRows));
    } catch (InferenceFailed e) {
      tell(member.index, new Failed(e.failure()));
    } catch (RunAbandoned _) {
      tell(member.index, new Unanswered());
    }
  }
}
