package io.mlp.worker.catalogue;

import io.mlp.worker.repository.Fingerprint;
import io.mlp.worker.repository.LoadResult;
import io.mlp.worker.repository.LoadedModel;
import io.mlp.worker.repository.ModelVersion;

/**
 * What came of a load.
 *
 * @param files what was to be loaded
 */
record LoadOutcome(ModelVersion version, Fingerprint files, LoadResult result) {
  /** Nobody wants it. */
  void drop() {
    if (result instanceof LoadedModel model) {
      model.close();
    }
  }
}
