package io.mlp.api.control;

import io.mlp.api.audit.Act;
import io.mlp.api.audit.Actor;
import io.mlp.api.audit.Audit;
import io.mlp.api.audit.Entry;
import io.mlp.job.WaitingJob;
import io.mlp.job.store.StoredJobs;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** What is done to jobs, each in one transaction with its row of the audit. */
@Component
class AuditedJobs {
  private final StoredJobs stored;
  private final Audit audit;
  private final TransactionTemplate transaction;

  AuditedJobs(StoredJobs stored, Audit audit, TransactionTemplate transaction) {
    this.stored = stored;
    this.audit = audit;
    this.transaction = transaction;
  }

  /** As {@link StoredJobs#cancel}. */
  boolean cancel(UUID id, StoredJobs.Standing standing, Actor by) {
    return transaction.execute(_ -> {
      boolean canceled = stored.cancel(id, standing);
      if (canceled) {
        audit.write(by, new Entry(Act.CANCEL_JOB, id, standing.owner(), null));
      }
      return canceled;
    });
  }

  /** As {@link StoredJobs#retry}. It has committed then, so the ticket may be sent. */
  Optional<WaitingJob> retry(UUID id, String owner, @Nullable Long sequence, Actor by) {
    return transaction.execute(_ -> {
      Optional<WaitingJob> waiting = stored.retry(id, sequence);
      if (waiting.isPresent()) {
        audit.write(by, new Entry(Act.RETRY_JOB, id, owner, null));
      }
      return waiting;
    });
  }

  /** As {@link StoredJobs#delete}. */
  boolean delete(UUID id, String owner, Actor by) {
    return transaction.execute(_ -> {
      boolean deleted = stored.delete(id);
      if (deleted) {
        audit.write(by, new Entry(Act.DELETE_JOB, id, owner, null));
      }
      return deleted;
    });
  }
}
