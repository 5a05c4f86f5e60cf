package io.mlp.api.submission.reading;

import io.mlp.api.memory.MemoryBudget;
import java.util.Arrays;

/**
 * A growing row of elements, each a kind and a value. They lie in blocks, so that growing copies
 * next to nothing and what is kept is what is filled, but for a part of the last block.
 */
final class ElementBlocks {
  private static final int BITS = 14;
  private static final int BLOCK = 1 << BITS;
  private static final int MASK = BLOCK - 1;

  /** The first block begins with so many and doubles: most tensors are small. */
  private static final int FIRST = 64;

  /** A long and a byte, in arrays whose headers are nothing beside a block. */
  private static final long ELEMENT_BYTES = Long.BYTES + Byte.BYTES;

  private final MemoryBudget.Share memory;
  private long[][] values = new long[1][];
  private byte[][] kinds = new byte[1][];
  private int capacity;
  private int size;

  ElementBlocks(MemoryBudget.Share memory) {
    this.memory = memory;
  }

  void add(byte kind, long value) {
    if (size == capacity) {
      grow();
    }
    values[size >>> BITS][size & MASK] = value;
    kinds[size >>> BITS][size & MASK] = kind;
    size++;
  }

  private void grow() {
    if (capacity == 0) {
      addBlock(FIRST);
    } else if (capacity < BLOCK) {
      memory.take(ELEMENT_BYTES * 2 * capacity);
      values[0] = Arrays.copyOf(values[0], 2 * capacity);
      kinds[0] = Arrays.copyOf(kinds[0], 2 * capacity);
      memory.giveBack(ELEMENT_BYTES * capacity);
      capacity *= 2;
    } else {
      addBlock(BLOCK);
    }
  }

  private void addBlock(int length) {
    memory.take(ELEMENT_BYTES * length);
    int block = size >>> BITS;
    if (block == values.length) {
      values = Arrays.copyOf(values, 2 * block);
      kinds = Arrays.copyOf(kinds, 2 * block);
    }
    values[block] = new long[length];
    kinds[block] = new byte[length];
    capacity += length;
  }

  int size() {
    return size;
  }

  byte kind(int i) {
    return kinds[i >>> BITS][i & MASK];
  }

  long value(int i) {
    return values[i >>> BITS][i & MASK];
  }
}
