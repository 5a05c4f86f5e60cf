package io.mlp.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.mlp.GoldenFiles;
import io.mlp.job.CachePolicy;
import io.mlp.job.JobContent;
import io.mlp.job.JobOptions;
import io.mlp.job.WaitingJob;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TicketTest {
  private static final UUID ONE = UUID.fromString("01938f8e-7c00-7abc-8def-0123456789ab");
  private static final UUID TWO = UUID.fromString("01938f8e-7c00-7abc-8def-0123456789ac");

  private static WaitingJob.Known known() {
    ByteBuffer data = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(1.5f).flip();
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("b", "ü");
    metadata.put("a", "");
    JobContent content =
        new JobContent(
            List.of(new Tensor("x", TensorType.FP32, TensorShape.of(1, 1), data)),
            new JobOptions(new LinkedHashSet<>(List.of("y", "z")), CachePolicy.USE, metadata));
    return new WaitingJob.Known(Instant.parse("2026-11-24T08:00:00.123456Z"), content);
  }

  private static final Ticket TICKET =
      new Ticket(
          7,
          false,
          List.of(new WaitingJob(ONE, 3, 10 << 20, null), new WaitingJob(TWO, 0, 4, known())));

  /** Api and worker of two releases meet at a queue: these bytes must be written and read. */
  @Test
  void bytesAreThoseOfTheGoldenFile() {
    byte[] golden = GoldenFiles.hex("ticket.hex");

    assertThat(TicketCodec.encode(TICKET)).isEqualTo(golden);
    assertThat(TicketCodec.decode(golden)).isEqualTo(TICKET);
  }

  @Test
  void keepsTheOrderOfNames() {
    JobOptions read =
        Objects.requireNonNull(
                TicketCodec.decode(TicketCodec.encode(TICKET)).jobs().getLast().known())
            .content()
            .options();

    assertThat(read.metadata().keySet()).containsExactly("a", "b");
    assertThat(read.outputs()).containsExactly("y", "z");
  }

  @Test
  void tellsOfAPoisonCandidate() {
    Ticket isolated = new Ticket(7, true, List.of(new WaitingJob(ONE, 9, 0, null)));

    assertThat(TicketCodec.decode(TicketCodec.encode(isolated))).isEqualTo(isolated);
  }

  @Test
  void isForAFewJobs_andForOneOnlyIfThatRunsIsolated() {
    WaitingJob job = new WaitingJob(ONE, 0, 0, null);
    assertThatIllegalArgumentException().isThrownBy(() -> new Ticket(7, false, List.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Ticket(7, false, Collections.nCopies(Ticket.MOST_JOBS + 1, job)));
    assertThatIllegalArgumentException().isThrownBy(() -> new Ticket(7, true, List.of(job, job)));
    assertThatIllegalArgumentException().isThrownBy(() -> new Ticket(0, false, List.of(job)));
  }

  @Test
  void refusesATicketOfAnotherFormat() {
    byte[] later = TicketCodec.encode(TICKET);
    later[0] = 3;

    assertThatIllegalArgumentException()
        .isThrownBy(() -> TicketCodec.decode(later))
        .withMessage("ticket format: 3 (expected: 2)");
  }

  /** However it was cut: a worker parks it, and its thread goes on. */
  @Test
  void refusesATicketThatIsCutShort() {
    byte[] whole = TicketCodec.encode(TICKET);
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatIllegalArgumentException()
          .as("%d of %d bytes", length, whole.length)
          .isThrownBy(() -> TicketCodec.decode(cut));
    }
  }

  /** Whoever writes into the queue: a worker parks what it cannot read, and takes no harm. */
  @Test
  void refusesWhatIsNoTicket_whateverItIs() {
    byte[] golden = GoldenFiles.hex("ticket.hex");
    for (int place = 0; place < golden.length; place++) {
      assertReadOrRefused(Arrays.copyOf(golden, place));
      for (int value : new int[] {0x00, 0x01, 0x7f, 0x80, 0xff}) {
        byte[] other = golden.clone();
        other[place] = (byte) value;
        assertReadOrRefused(other);
      }
    }
  }

  private static void assertReadOrRefused(byte[] bytes) {
    try {
      TicketCodec.decode(bytes);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageMatching("(?s).+");
    }
  }
}
