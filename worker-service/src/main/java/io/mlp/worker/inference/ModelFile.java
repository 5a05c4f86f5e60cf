package io.mlp.worker.inference;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The bytes of a model file, read once and outside the heap, and their digest. Not mapped: a file
 * that is cut off while mapped kills the process.
 *
 * @param bytes direct, from position to limit; valid as long as the arena they were read into
 * @param digest SHA-256 in lower-case hex
 */
record ModelFile(ByteBuffer bytes, String digest) {

  static ModelFile read(Path file, Arena arena) throws ModelRefused {
    try (FileChannel channel = FileChannel.open(file)) {
      long size = channel.size();
      if (size == 0) {
        throw new ModelRefused("the file is empty");
      }
      if (size > Integer.MAX_VALUE) {
        throw new ModelRefused(
            "the file is larger than 2 GiB (expected: weights in files beside it)");
      }
      ByteBuffer bytes = arena.allocate(size).asByteBuffer();
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
      if (bytes.hasRemaining() || channel.size() != size) {
        throw new ModelRefused("the file changed while it was read");
      }
      bytes.flip();
      return new ModelFile(bytes, sha256(bytes.duplicate()));
    } catch (NoSuchFileException e) {
      throw new ModelRefused("the file does not exist", e);
    } catch (IOException e) {
      throw new ModelRefused("the file cannot be read: " + e.getMessage(), e);
    }
  }

  private static String sha256(ByteBuffer bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
