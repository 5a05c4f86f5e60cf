package io.mlp.api.dispatch;

import io.mlp.dispatch.TicketQueue;
import java.time.Duration;
import org.springframework.util.unit.DataSize;

/** How jobs are dispatched in tests that do so by hand. */
public final class HandDispatch {
  public static final DispatchSettings SETTINGS =
      new DispatchSettings(
          TicketQueue.Type.CLASSIC,
          10,
          1,
          Duration.ofSeconds(5),
          DataSize.ofKilobytes(4),
          Duration.ofMillis(50),
          Duration.ofSeconds(5),
          500);

  private HandDispatch() {}
}
