package io.mlp.api.submission.reading;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mlp.api.memory.MemoryBudget;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A growing row of texts as a tensor holds them, the length in four bytes before each in UTF-8: as
 * objects short ones would take ten times as much.
 */
final class EncodedTexts {
  private static final int FIRST = 256;
  private static final int BLOCK = 64 * 1024;

  private final MemoryBudget.Share memory;
  private final List<ByteBuffer> blocks = new ArrayList<>(0);
  private long bytes;

  EncodedTexts(MemoryBudget.Share memory) {
    this.memory = memory;
  }

  void add(String text) {
    byte[] encoded = text.getBytes(UTF_8);
    int length = Integer.BYTES + encoded.length;
    block(length).putInt(encoded.length).put(encoded);
    bytes += length;
  }

  private ByteBuffer block(int length) {
    if (!blocks.isEmpty() && blocks.getLast().remaining() >= length) {
      return blocks.getLast();
    }
    int capacity = Math.max(length, Math.clamp(bytes, FIRST, BLOCK));
    memory.take(capacity);
    blocks.add(ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN));
    return blocks.getLast();
  }

  long bytes() {
    return bytes;
  }

  /** All of them, one behind the other. */
  void copyTo(ByteBuffer out) {
    blocks.forEach(block -> out.put(block.duplicate().flip()));
  }
}
