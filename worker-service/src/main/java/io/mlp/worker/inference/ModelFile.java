package io.mlp.worker.inference;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a model file, read once and outside the heap, and the digest of all that the model
 * is made of. Not mapped: a file that is cut off while mapped kills the process.
 *
 * @param bytes direct, from position to limit; valid as long as the arena they were read into
 * @param digest in lower-case hex: the file's SHA-256 or, if other files hold weights of it, that
 *     of the list that {@code sha256sum} prints of the file and of those, by name
 * @param content what it says besides the weights
 */
record ModelFile(ByteBuffer bytes, String digest, OnnxFile content) {
  private static final String UNPARSABLE = "not an ONNX model, or cut off: it does not parse";
  private static final int BUFFER = 1 << 20;

  static ModelFile read(Path file, Arena arena) throws ModelRefused {
    requireRegular(file, "the file");
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer bytes = read(channel, arena);
      return new ModelFile(bytes, digest(file, bytes), OnnxFileReader.read(bytes));
    } catch (MalformedProto e) {
      throw new ModelRefused(UNPARSABLE, e);
    } catch (NoSuchFileException e) {
      throw new ModelRefused("the file does not exist", e);
    } catch (IOException e) {
      throw new ModelRefused("the file cannot be read: " + ReadFailure.why(e), e);
    }
  }

  /** To open a pipe is to wait for whoever writes into it; to read a device may never end. */
  private static void requireRegular(Path file, String what) throws ModelRefused {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new ModelRefused(
          what + (Files.isDirectory(file) ? " is a directory" : " is no regular file"));
    }
  }

  private static ByteBuffer read(FileChannel channel, Arena arena)
      throws IOException, ModelRefused, MalformedProto {
    long size = channel.size();
    if (size == 0) {
      throw new ModelRefused("the file is empty");
    }
    if (size > Integer.MAX_VALUE) {
      throw new ModelRefused(
          "the file is larger than 2 GiB (expected: weights in files beside it)");
    }
    ModelProto.skim(channel);
    ByteBuffer bytes = arena.allocate(size).asByteBuffer();
    while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
    if (bytes.hasRemaining() || channel.size() != size) {
      throw new ModelRefused("the file changed while it was read");
    }
    return bytes.flip();
  }

  private static String digest(Path file, ByteBuffer bytes) throws ModelRefused, MalformedProto {
    SortedSet<String> others = ModelProto.externalFiles(bytes);
    MessageDigest own = sha256();
    own.update(bytes.duplicate());
    String digest = hex(own);
    if (others.isEmpty()) {
      return digest;
    }
    StringBuilder list = new StringBuilder(line(digest, String.valueOf(file.getFileName())));
    for (String other : others) {
      list.append(line(digestOf(other, file.toAbsolutePath().resolveSibling("")), other));
    }
    MessageDigest whole = sha256();
    whole.update(list.toString().getBytes(UTF_8));
    return hex(whole);
  }

  /**
   * What stays known of the file when its bytes have gone.
   *
   * @param classes numbers of a classifier's classes, in the order of their scores
   */
  record Facts(String digest, GraphScan.Result scan, List<Long> classes, FileConstants constants) {}

  Facts facts() {
    return new Facts(digest, GraphScan.of(content), content.classes(), content.constants());
  }

  private static String line(String digest, String name) {
    return digest + "  " + name + "\n";
  }

  private static String digestOf(String name, Path folder) throws ModelRefused {
    try {
      Path file = inside(folder, name);
      requireRegular(file, "the file " + name + ", which holds weights of the model,");
      return digestOf(file);
    } catch (IOException e) {
      throw weights(name, "cannot be read: " + ReadFailure.why(e), e);
    }
  }

  private static String digestOf(Path file) throws IOException {
    MessageDigest digest = sha256();
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    try (FileChannel channel = FileChannel.open(file)) {
      while (channel.read(buffer) >= 0) {
        digest.update(buffer.flip());
        buffer.clear();
      }
    }
    return hex(digest);
  }

  /** The file of that name, if it lies in the folder, with every link followed. */
  private static Path inside(Path folder, String name) throws IOException, ModelRefused {
    try {
      Path file = folder.resolve(name);
      if (!file.normalize().startsWith(folder)
          || !file.toRealPath().startsWith(folder.toRealPath())) {
        throw weights(name, "lies outside its folder", null);
      }
      return file;
    } catch (NoSuchFileException | InvalidPathException e) {
      throw weights(name, "is missing beside it", e);
    }
  }

  private static ModelRefused weights(String name, String problem, @Nullable Throwable cause) {
    return new ModelRefused(
        "the file %s, which holds weights of the model, %s".formatted(name, problem), cause);
  }

  private static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
