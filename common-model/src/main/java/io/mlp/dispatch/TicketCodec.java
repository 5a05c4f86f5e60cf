package io.mlp.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mlp.job.JobContent;
import io.mlp.job.JobOptions;
import io.mlp.job.WaitingJob;
import io.mlp.tensor.TensorCodec;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The form of tickets on the wire.
 *
 * <p>Big-endian: format number (1 byte, now 2), model version (4), whether isolated (1), number of
 * jobs (1); then for each job its id (16), its fence (4), the size of its inputs (4) and that of
 * its content (4, -1 without one). The content: creation in seconds (8) and nanoseconds (4), size
 * of the options (4, 0 for none) and these as JSON, inputs as {@link TensorCodec} writes them. A
 * golden file pins the form.
 */
public final class TicketCodec {
  private static final byte FORMAT = 2;
  private static final int NONE = -1;

  private TicketCodec() {}

  public static byte[] encode(Ticket ticket) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 + 512 * ticket.jobs().size());
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      out.writeInt(ticket.modelVersionId());
      out.writeBoolean(ticket.isolated());
      out.writeByte(ticket.jobs().size());
      for (WaitingJob job : ticket.jobs()) {
        out.writeLong(job.id().getMostSignificantBits());
        out.writeLong(job.id().getLeastSignificantBits());
        out.writeInt(job.fence());
        out.writeInt(job.inputBytes());
        writeKnown(out, job.known());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void writeKnown(DataOutputStream out, WaitingJob.@Nullable Known known)
      throws IOException {
    if (known == null) {
      out.writeInt(NONE);
      return;
    }
    byte[] encoded = encode(known);
    out.writeInt(encoded.length);
    out.write(encoded);
  }

  private static byte[] encode(WaitingJob.Known known) throws IOException {
    JobContent content = known.content();
    byte[] inputs = TensorCodec.encode(content.inputs());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(inputs.length + 64);
    DataOutputStream out = new DataOutputStream(bytes);
    Instant createdAt = known.createdAt();
    out.writeLong(createdAt.getEpochSecond());
    out.writeInt(createdAt.getNano());
    writeText(out, Objects.requireNonNullElse(content.options().stored(), ""));
    out.write(inputs);
    return bytes.toByteArray();
  }

  private static void writeText(DataOutputStream out, String text) throws IOException {
    byte[] encoded = text.getBytes(UTF_8);
    out.writeInt(encoded.length);
    out.write(encoded);
  }

  /**
   * Reads a ticket off the wire.
   *
   * @throws IllegalArgumentException if the bytes are no ticket of this format
   */
  public static Ticket decode(byte[] bytes) {
    try {
      return decode(ByteBuffer.wrap(bytes));
    } catch (IllegalArgumentException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("ticket: cut short or mixed up", e);
    }
  }

  private static Ticket decode(ByteBuffer in) {
    byte format = in.get();
    if (format != FORMAT) {
      throw new IllegalArgumentException(
          "ticket format: %d (expected: %d)".formatted(format, FORMAT));
    }
    int modelVersionId = in.getInt();
    boolean isolated = in.get() != 0;
    int count = in.get();
    List<WaitingJob> jobs = new ArrayList<>(Math.max(0, count));
    for (int i = 0; i < count; i++) {
      UUID id = new UUID(in.getLong(), in.getLong());
      jobs.add(new WaitingJob(id, in.getInt(), in.getInt(), readKnown(in)));
    }
    return new Ticket(modelVersionId, isolated, jobs);
  }

  private static WaitingJob.@Nullable Known readKnown(ByteBuffer in) {
    int size = in.getInt();
    if (size == NONE) {
      return null;
    }
    ByteBuffer content = ByteBuffer.wrap(take(in, size));
    Instant createdAt = Instant.ofEpochSecond(content.getLong(), content.getInt());
    String options = readText(content);
    byte[] inputs = take(content, content.remaining());
    return new WaitingJob.Known(
        createdAt,
        new JobContent(
            TensorCodec.decode(inputs), JobOptions.read(options.isEmpty() ? null : options)));
  }

  private static String readText(ByteBuffer in) {
    return new String(take(in, in.getInt()), UTF_8);
  }

  /** No memory is taken for more than has come. */
  private static byte[] take(ByteBuffer in, int size) {
    if (size < 0 || size > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] taken = new byte[size];
    in.get(taken);
    return taken;
  }
}
