package io.mlp.tensor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Supplier;

/**
 * Reads what {@link TensorCodec} has written from pieces that come one after another, and holds no
 * more of them than it must. Elements, names and texts may lie across pieces.
 */
public final class TensorInput {
  private final Supplier<byte[]> pieces;
  private ByteBuffer piece;

  /**
   * Takes the first piece at once.
   *
   * @param pieces gives one after another; an empty one says that there are no more
   */
  public TensorInput(Supplier<byte[]> pieces) {
    this(littleEndian(ByteBuffer.wrap(pieces.get())), pieces);
  }

  private TensorInput(ByteBuffer piece, Supplier<byte[]> pieces) {
    this.piece = piece;
    this.pieces = pieces;
  }

  /** The bytes from position to limit, which are never copied. */
  static TensorInput of(ByteBuffer bytes) {
    return new TensorInput(littleEndian(bytes.slice()), () -> new byte[0]);
  }

  private static ByteBuffer littleEndian(ByteBuffer bytes) {
    return bytes.order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * The bytes that come next, of which the caller reads what it wants before it asks again.
   *
   * @param least how many it has at least
   * @throws IllegalArgumentException if there are not so many
   */
  ByteBuffer next(int least) {
    while (piece.remaining() < least) {
      byte[] more = pieces.get();
      if (more.length == 0) {
        throw new IllegalArgumentException("The stored tensors are cut short");
      }
      piece = joined(piece, more);
    }
    return piece;
  }

  private static ByteBuffer joined(ByteBuffer rest, byte[] more) {
    if (!rest.hasRemaining()) {
      return littleEndian(ByteBuffer.wrap(more));
    }
    ByteBuffer both = ByteBuffer.allocate(rest.remaining() + more.length);
    return littleEndian(both.put(rest).put(more).flip());
  }

  /** The next bytes as text, to be read to its end before anything else. */
  Reader text(int bytes) {
    return new InputStreamReader(new Section(bytes), UTF_8);
  }

  /** So many of the next bytes. */
  private final class Section extends InputStream {
    private int left;

    private Section(int bytes) {
      this.left = bytes;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] into, int offset, int most) {
      if (left == 0) {
        return -1;
      }
      ByteBuffer bytes = next(1);
      int count = Math.min(Math.min(left, most), bytes.remaining());
      bytes.get(into, offset, count);
      left -= count;
      return count;
    }
  }
}
