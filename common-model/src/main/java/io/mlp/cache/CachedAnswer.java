package io.mlp.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mlp.job.JobJson;
import io.mlp.job.Prediction;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorCodec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a model answered.
 *
 * @param outputs those that were asked for
 * @param predictions one a row, if the model has labels
 */
public record CachedAnswer(List<Tensor> outputs, @Nullable List<Prediction> predictions) {
  private static final byte FORMAT = 1;

  /**
   * The form in Redis: format number (1 byte, now 1), length of the predictions (4 bytes, 0 if
   * there are none), the predictions as JSON, the outputs as {@link TensorCodec} writes them.
   */
  public byte[] encode() {
    byte[] worded = predictions == null ? new byte[0] : JobJson.predictions(predictions);
    byte[] tensors = TensorCodec.encode(outputs);
    return ByteBuffer.allocate(1 + Integer.BYTES + worded.length + tensors.length)
        .put(FORMAT)
        .putInt(worded.length)
        .put(worded)
        .put(tensors)
        .array();
  }

  /** The answer; empty if the bytes are not one, as another release may have left. */
  public static Optional<CachedAnswer> decode(byte[] encoded) {
    try {
      ByteBuffer in = ByteBuffer.wrap(encoded);
      if (in.get() != FORMAT) {
        return Optional.empty();
      }
      byte[] worded = new byte[in.getInt()];
      in.get(worded);
      byte[] tensors = new byte[in.remaining()];
      in.get(tensors);
      return Optional.of(
          new CachedAnswer(
              TensorCodec.decode(tensors),
              worded.length == 0 ? null : JobJson.readPredictions(new String(worded, UTF_8))));
    } catch (RuntimeException _) {
      return Optional.empty();
    }
  }
}
