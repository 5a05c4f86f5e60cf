package io.mlp.api.dispatch;

import io.mlp.api.model.CataloguedVersion;
import io.mlp.job.WaitingJob;
import io.mlp.job.store.Submission;
import io.mlp.tensor.Tensor;
import java.time.Instant;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Where the rest of the api gets tickets sent: reserve places in a queue's window before the jobs
 * are stored, send the tickets after.
 */
@Component
public class Tickets {
  private final DispatchWindow window;
  private final TicketPublisher publisher;
  private final DispatchSettings settings;

  Tickets(DispatchWindow window, TicketPublisher publisher, DispatchSettings settings) {
    this.window = window;
    this.publisher = publisher;
    this.settings = settings;
  }

  /**
   * Whether a new job of that version gets a ticket at once. If not, the queue is long enough: the
   * job is stored in the backlog, and its ticket is sent when there is room.
   */
  public boolean reserve(CataloguedVersion version) {
    return window.reserve(version.id());
  }

  /** Jobs of that version were stored that got no place: they wait in the backlog. */
  public void backlogged(int versionId) {
    window.backlogged(versionId);
  }

  /** A job that has just been stored, with what it asks for if that is small. */
  public WaitingJob waiting(Submission job, Instant createdAt) {
    long bytes = job.content().inputs().stream().mapToLong(Tensor::byteSize).sum();
    boolean small = bytes <= settings.ticketInputs().toBytes();
    return new WaitingJob(
        job.id(),
        0,
        (int) Math.min(bytes, Integer.MAX_VALUE),
        small ? new WaitingJob.Known(createdAt, job.content()) : null,
        job.content().options().trace());
  }

  /**
   * Sends the jobs' tickets, soon and on another thread. Never fails: a job whose ticket is lost
   * gets another.
   */
  public void send(CataloguedVersion version, List<WaitingJob> jobs) {
    publisher.send(window.tickets(version, jobs));
  }
}
