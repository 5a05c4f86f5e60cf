package io.mlp.worker.repository;

import io.mlp.worker.inference.TestModels;
import java.nio.file.Path;
import java.util.List;

/** Loads whole repositories for tests. */
public final class Loading {
  private Loading() {}

  /** Every version there is, in their order; the caller owns those that load. */
  public static List<LoadResult> all(Path directory) {
    ModelRepository repository = new ModelRepository(directory, 1, TestModels.TRIALS);
    return repository.look().versions().keySet().stream().map(repository::load).toList();
  }

  /** The model iris 1, for whoever closes it. */
  public static LoadedModel iris() {
    return (LoadedModel)
        new ModelRepository(TestModels.SHIPPED, 1, TestModels.TRIALS)
            .load(new ModelVersion("iris", 1));
  }
}
