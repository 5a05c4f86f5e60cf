package io.mlp.worker.inference;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;

/**
 * Makes tensors of UINT16, UINT32 and UINT64. ONNX Runtime's Java API hands in none of those, but
 * it passes on what a session gave: a model of one operator casts the signed tensor of that width,
 * which keeps every bit.
 */
enum UnsignedCast {
  UINT16,
  UINT32,
  UINT64;

  /** Made at first use, for the life of the process; few models need one. */
  private static final class Sessions {
    private static final Map<UnsignedCast, OrtSession> BY_TYPE =
        Map.of(UINT16, open(UINT16), UINT32, open(UINT32), UINT64, open(UINT64));

    private static OrtSession open(UnsignedCast type) {
      String name = "to_" + type + ".onnx";
      try (InputStream file =
              Objects.requireNonNull(UnsignedCast.class.getResourceAsStream(name), name);
          OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
        options.setIntraOpNumThreads(1);
        return OrtRuntime.environment().createSession(file.readAllBytes(), options);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (OrtException e) {
        throw new IllegalStateException(name + " does not load", e);
      }
    }
  }

  /** The same bits without a sign; the caller closes both. */
  @SuppressWarnings("resource") // closing the result would close the tensor
  OnnxTensor of(OnnxTensor signed) throws OrtException {
    OrtSession session = Objects.requireNonNull(Sessions.BY_TYPE.get(this));
    return (OnnxTensor) session.run(Map.of("signed", signed)).get(0);
  }
}
