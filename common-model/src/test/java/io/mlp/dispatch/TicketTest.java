package io.mlp.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.mlp.GoldenFiles;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TicketTest {
  private static final Ticket TICKET =
      new Ticket(UUID.fromString("01938f8e-7c00-7abc-8def-0123456789ab"), 7, 3);

  /** Api and worker of two releases meet at a queue: these bytes must be written and read. */
  @Test
  void bytesAreThoseOfTheGoldenFile() {
    String golden = GoldenFiles.json("ticket.json");

    assertThat(new String(TICKET.encode(), UTF_8)).isEqualTo(golden);
    assertThat(Ticket.decode(golden.getBytes(UTF_8))).isEqualTo(TICKET);
  }

  @Test
  void skipsMembersThatItDoesNotKnow() {
    String later =
        """
        {"trace":{"id":"4bf9","job":"not this one","v":[2]},"v":1,"hints":[1,{"model_version":8}],
         "job":"01938f8e-7c00-7abc-8def-0123456789ab","model_version":7,"jobs":3,"urgent":true}
        """;

    assertThat(Ticket.decode(later.getBytes(UTF_8))).isEqualTo(TICKET);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "not json",
        "null",
        "7",
        "[]",
        "{}",
        "{\"v\":1}",
        "{\"v\":1,\"job\":\"17\",\"model_version\":7}",
        "{\"v\":1,\"job\":17,\"model_version\":7}",
        "{\"v\":1,\"job\":null,\"model_version\":7}",
        "{\"v\":1,\"job\":{},\"model_version\":7}",
        "{\"v\":1,\"job\":\"01938f8e-7c00-7abc-8def-0123456789ab\",\"model_version\":\"seven\"}",
        "{\"v\":1,\"job\":\"01938f8e-7c00-7abc-8def-0123456789ab\",\"model_version\":7",
        "{\"v\":1,\"job\":\"01938f8e-7c00-7abc-8def-0123456789ab\"}",
        "{\"job\":\"01938f8e-7c00-7abc-8def-0123456789ab\",\"model_version\":7}",
        "{\"v\":1,\"job\":\"01938f8e-7c00-7abc-8def-0123456789ab\",\"model_version\":7,\"jobs\":0}",
        "{\"v\":1,\"job\":\"01938f8e-7c00-7abc-8def-0123456789ab\",\"model_version\":7,\"jobs\":65}",
      })
  void refusesWhatIsNoTicket(String broken) {
    assertThatIllegalArgumentException().isThrownBy(() -> Ticket.decode(broken.getBytes(UTF_8)));
  }

  @Test
  void isForOneJob_whereItDoesNotSay() {
    String one =
        """
        {"v":1,"job":"01938f8e-7c00-7abc-8def-0123456789ab","model_version":7}
        """;

    assertThat(Ticket.decode(one.getBytes(UTF_8)).jobs()).isEqualTo(1);
  }

  @Test
  void refusesATicketOfALaterVersion() {
    String later =
        """
        {"v":2,"job":"01938f8e-7c00-7abc-8def-0123456789ab","model_version":7}
        """;

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Ticket.decode(later.getBytes(UTF_8)))
        .withMessage("ticket version: 2 (expected: 1)");
  }

  @Test
  void refusesBytesThatAreNoText() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Ticket.decode(new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1, 2}));
  }
}
