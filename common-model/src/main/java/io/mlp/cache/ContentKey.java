package io.mlp.cache;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorCodec;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/**
 * Names an owner's question to a model: jobs have the same key if, and but for a collision of
 * SHA-256 only if, one owner asks the same bytes of a model for the same outputs of the same
 * inputs.
 *
 * <p>Inputs are the same if names, types, shapes and bytes are: 0.0 and -0.0 are two questions, and
 * so are two NaNs of different bits. The order of inputs and of requested outputs does not count.
 *
 * @param hex 64 digits
 */
public record ContentKey(String hex) {
  /**
   * Another text whenever answers of earlier releases may be wrong, so that none of them is served.
   * 2: before, rows of models that couple them shared runs.
   */
  private static final String COMPUTED_AS = "2";

  /** Under which Redis keeps the answer. */
  public byte[] inRedis() {
    return ("mlp:content:" + hex).getBytes(US_ASCII);
  }

  /**
   * Makes the keys of the jobs of one model version.
   *
   * @param hex what an answer depends on besides the job
   */
  public record Scope(String hex) {

    /**
     * The scope of a version.
     *
     * @param modelDigest of the files that run
     * @param labels in which its predictions are worded
     */
    public static Scope of(String modelDigest, List<String> labels) {
      MessageDigest sha = sha256();
      addText(sha, COMPUTED_AS);
      addText(sha, modelDigest);
      labels.forEach(label -> addText(sha, label));
      return new Scope(hexOf(sha));
    }

    /**
     * The key of a job. Owners share no answers: else each could learn what others asked.
     *
     * @param outputs the names it asks for; none stands for all
     */
    public ContentKey key(String owner, List<Tensor> inputs, Collection<String> outputs) {
      MessageDigest sha = sha256();
      addText(sha, hex);
      addText(sha, owner);
      addInt(sha, outputs.size());
      outputs.stream().sorted().forEach(name -> addText(sha, name));
      sha.update(TensorCodec.encode(sorted(inputs)));
      return new ContentKey(hexOf(sha));
    }
  }

  private static List<Tensor> sorted(List<Tensor> inputs) {
    return inputs.stream().sorted(Comparator.comparing(Tensor::name)).toList();
  }

  /** With its length before it, so that no two lists of texts give the same bytes. */
  private static void addText(MessageDigest sha, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    addInt(sha, bytes.length);
    sha.update(bytes);
  }

  private static void addInt(MessageDigest sha, int value) {
    sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(value).flip());
  }

  private static String hexOf(MessageDigest sha) {
    return HexFormat.of().formatHex(sha.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new LinkageError("every Java has SHA-256", e);
    }
  }
}
