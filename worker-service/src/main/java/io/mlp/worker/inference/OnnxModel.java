package io.mlp.worker.inference;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import io.mlp.model.ModelSignature;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorSpec;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One ONNX file, loaded and ready to run. Any number of threads may run it at once.
 *
 * <p>Inputs and outputs are of all element types of the Open Inference Protocol. Texts (BYTES) are
 * UTF-8 of any characters but U+0000. Numbers that are not finite pass through.
 */
public final class OnnxModel implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OnnxModel.class);

  private final OrtSession session;
  private final SessionOptions options;
  private final ModelSignature signature;
  private final ModelFile.Facts facts;

  /** The last run frees a closed model's memory: a session freed during a run is a crash. */
  private int running;

  private boolean closed;

  private OnnxModel(
      OrtSession session, SessionOptions options, ModelSignature signature, ModelFile.Facts facts) {
    this.session = session;
    this.options = options;
    this.signature = signature;
    this.facts = facts;
  }

  /**
   * Reads the file once, so that the digest is that of the very bytes that run. Weights that the
   * model keeps in other files (external data) are looked up beside the file and may not lie
   * elsewhere. ONNX Runtime reads those by itself, after they were digested: who must know that
   * they are the same looks whether they changed meanwhile.
   *
   * @param intraOpThreads threads that share the work of one run, the caller's included
   * @throws ModelRefused if the file cannot be served, for whatever reason: missing, truncated, not
   *     ONNX, of a newer opset, with unsupported types, too large for the memory
   */
  public static OnnxModel load(Path file, int intraOpThreads) throws ModelRefused {
    try (Arena arena = Arena.ofConfined()) {
      return open(ModelFile.read(file, arena), file, intraOpThreads);
    } catch (OrtException e) {
      throw new ModelRefused(OrtMessages.whyRefused(e), e);
    } catch (OutOfMemoryError e) {
      throw new ModelRefused("too large for the memory of this worker", e);
    } catch (LinkageError e) {
      throw new ModelRefused("ONNX Runtime's native library does not load on this platform", e);
    } catch (RuntimeException e) {
      throw new ModelRefused("ONNX Runtime refuses it: " + e.getMessage(), e);
    }
  }

  private static OnnxModel open(ModelFile model, Path file, int intraOpThreads)
      throws OrtException, ModelRefused {
    SessionOptions options =
        OrtRuntime.options(file.toAbsolutePath().resolveSibling(""), intraOpThreads);
    OrtSession session;
    try {
      session = OrtRuntime.environment().createSession(model.bytes(), options);
    } catch (OrtException | RuntimeException | Error e) {
      options.close();
      throw e;
    }
    try {
      ModelSignature signature = SignatureReader.read(session, model.content());
      return new OnnxModel(session, options, signature, model.facts());
    } catch (OrtException | ModelRefused | RuntimeException | Error e) {
      session.close();
      options.close();
      throw e;
    }
  }

  /** The version of ONNX Runtime, which may change how a model is computed. */
  public static String runtimeVersion() {
    return OrtRuntime.environment().getVersion();
  }

  public ModelSignature signature() {
    return signature;
  }

  /**
   * SHA-256 in lower-case hex: of the file or, if others hold weights of it, of the list that
   * {@code sha256sum} prints of the file and of those, by name.
   */
  public String digest() {
    return facts.digest();
  }

  /**
   * What in the file may let one row's answer depend on other rows, in words for operators: an
   * operator, or first dimensions of several names. Empty if only a test can tell.
   */
  public Optional<String> rowCoupling() {
    return facts.scan().coupling();
  }

  /** The operator that gives other answers at each run; empty if there is none. */
  public Optional<String> randomness() {
    return facts.scan().randomness();
  }

  /** Whether the output depends on what the inputs hold, and not on their shapes alone. */
  public boolean dependsOnValues(String output) {
    return facts.scan().outputsOfValues().contains(output);
  }

  /** Numbers and texts near which its answers may change. */
  public FileConstants constants() {
    return facts.constants();
  }

  /**
   * The numbers that the model's classifier gives its classes, in the order of their scores; empty
   * if it has no classifier of {@code ai.onnx.ml}, or one whose classes have texts.
   */
  public List<Long> classes() {
    return facts.classes();
  }

  /**
   * Runs the model once, for as long as it takes.
   *
   * @param inputs one tensor for each input of the signature, in any order
   * @param outputs names of the outputs wanted; none stands for all
   * @return the outputs wanted, in the signature's order, in memory of their own
   * @throws InferenceFailed {@code INVALID_INPUT} if the request does not fit the signature or ONNX
   *     Runtime blames the values, {@code MODEL_UNAVAILABLE} after {@link #close()}, {@code
   *     MODEL_ERROR} for all else
   */
  public List<Tensor> run(List<Tensor> inputs, Set<String> outputs) throws InferenceFailed {
    try (InferenceRun run = InferenceRun.of(List.of(0))) {
      return run(inputs, outputs, run, OutputGate.OPEN);
    } catch (RunAbandoned e) {
      throw new IllegalStateException("a run that nobody else knows", e);
    }
  }

  /**
   * The same, until another thread ends the run.
   *
   * @throws InferenceFailed also with the failure that the run was ended with, or that of the gate
   */
  List<Tensor> run(List<Tensor> inputs, Set<String> outputs, InferenceRun run, OutputGate gate)
      throws InferenceFailed, RunAbandoned {
    Optional<Failure> refusal = RequestCheck.refusal(signature, inputs, outputs);
    if (refusal.isPresent()) {
      throw new InferenceFailed(refusal.get());
    }
    if (run.abandoned()) {
      throw new RunAbandoned(null);
    }
    enter();
    try (OrtInputs handedIn = new OrtInputs()) {
      handedIn.addAll(inputs);
      try (OrtSession.Result result =
          session.run(handedIn.tensors(), inOrder(outputs), run.options())) {
        return OrtOutputs.read(result, gate);
      }
    } catch (OrtException e) {
      if (run.abandoned()) {
        throw new RunAbandoned(e);
      }
      throw new InferenceFailed(run.failure().orElseGet(() -> failure(e)), e);
    } catch (RuntimeException | OutOfMemoryError e) {
      throw new InferenceFailed(new Failure(FailureKind.MODEL_ERROR, "the run failed: " + e), e);
    } finally {
      leave();
    }
  }

  private synchronized void enter() throws InferenceFailed {
    if (closed) {
      throw new InferenceFailed(
          new Failure(FailureKind.MODEL_UNAVAILABLE, "the model version was unloaded"));
    }
    running++;
  }

  private synchronized void leave() {
    running--;
    if (closed && running == 0) {
      free();
    }
  }

  synchronized boolean inUse() {
    return running > 0;
  }

  private Set<String> inOrder(Set<String> outputs) {
    Set<String> wanted = new LinkedHashSet<>();
    for (TensorSpec output : signature.outputs()) {
      if (outputs.isEmpty() || outputs.contains(output.name())) {
        wanted.add(output.name());
      }
    }
    return wanted;
  }

  private static Failure failure(OrtException e) {
    FailureKind kind =
        e.getCode() == OrtErrorCode.ORT_INVALID_ARGUMENT
            ? FailureKind.INVALID_INPUT
            : FailureKind.MODEL_ERROR;
    return new Failure(kind, OrtMessages.whyFailed(e));
  }

  /**
   * Takes no more runs. The model's memory is freed with the last of those under way, which are not
   * waited for: one may never end.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (running == 0) {
      free();
    }
  }

  private void free() {
    try {
      session.close();
      options.close();
    } catch (OrtException e) {
      log.warn("ONNX Runtime could not free a model", e);
    }
  }
}
