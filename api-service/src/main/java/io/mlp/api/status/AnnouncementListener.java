package io.mlp.api.status;

import io.mlp.api.redis.FinishedJobChannel;
import io.mlp.cache.Announcement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Wakes the requests that wait for what workers announce. Without Redis there are no announcements,
 * and the jobs that are waited for are looked up in the database.
 */
@Component
class AnnouncementListener implements FinishedJobChannel.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(AnnouncementListener.class);

  private final Waiters waiters;

  AnnouncementListener(Waiters waiters) {
    this.waiters = waiters;
  }

  @Override
  public void announced(byte[] announcement) {
    try {
      waiters.announced(Announcement.decode(announcement));
    } catch (RuntimeException e) {
      LOG.warn("An announcement was lost; the jobs are looked up within a second", e);
    }
  }

  @Override
  public void subscribed() {
    waiters.rereadAll();
  }
}
