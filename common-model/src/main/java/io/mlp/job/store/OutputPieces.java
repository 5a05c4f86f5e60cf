package io.mlp.job.store;

import java.util.function.Supplier;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The stored form of large outputs, piece by piece. Each piece is a statement of its own, so no
 * connection is held between two of them, and the job may go meanwhile.
 */
public final class OutputPieces implements Supplier<byte[]> {
  /** Bytes of a piece. */
  public static final int SIZE = 64 << 10;

  private static final String PIECE = Sql.read("output_piece");

  private final JdbcClient jdbc;
  private final LargeOutputs outputs;
  private int given;

  OutputPieces(JdbcClient jdbc, LargeOutputs outputs) {
    this.jdbc = jdbc;
    this.outputs = outputs;
  }

  /** The job has been deleted, or has other outputs than those that were found. */
  public static final class GoneException extends RuntimeException {
    GoneException() {
      // Deleting a job while it is read is no event worth a stack trace.
      super("the job has been deleted", null, false, false);
    }
  }

  /**
   * The next piece; empty after the last.
   *
   * @throws GoneException if there is none any more
   */
  @Override
  public byte[] get() {
    if (given >= outputs.bytes()) {
      return new byte[0];
    }
    byte[] piece =
        jdbc.sql(PIECE)
            .param("from", given + 1)
            .param("bytes", SIZE)
            .param("id", outputs.jobId())
            .param("completedAt", Columns.time(outputs.completedAt()))
            .query((row, _) -> row.getBytes("piece"))
            .optional()
            .orElseThrow(GoneException::new);
    given += piece.length;
    return piece;
  }
}
