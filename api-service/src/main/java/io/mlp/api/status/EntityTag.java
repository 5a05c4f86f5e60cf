package io.mlp.api.status;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** The value of an {@code ETag}: a digest of bytes. */
final class EntityTag {
  private static final int BYTES = 16;

  private EntityTag() {}

  /** Of the first bytes. */
  static String of(byte[] bytes, int length) {
    MessageDigest sha = sha256();
    sha.update(bytes, 0, length);
    return "\"" + HexFormat.of().formatHex(Arrays.copyOf(sha.digest(), BYTES)) + "\"";
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new LinkageError("every Java has SHA-256", e);
    }
  }
}
