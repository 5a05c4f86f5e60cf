package io.mlp.worker.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WorkerIdentityTest {
  /** What an earlier process on this host held must not be taken for this one's. */
  @Test
  void isNewAtEveryStart() {
    WorkerIdentity one = WorkerIdentity.create();
    WorkerIdentity two = WorkerIdentity.create();

    assertThat(one.id()).isNotEqualTo(two.id());
    assertThat(one.name()).isNotEqualTo(two.name());
  }

  @Test
  void nameShowsTheBeginningOfTheId() {
    WorkerIdentity worker = WorkerIdentity.create();

    assertThat(worker.name()).endsWith("-" + worker.id().toString().substring(0, 8));
  }
}
