package io.mlp.worker.catalogue;

import io.mlp.worker.repository.LoadedModel;

/**
 * A model that this worker may serve.
 *
 * @param modelVersionId key of its row in the catalogue
 */
public record ServedModel(LoadedModel model, int modelVersionId) {
  public String digest() {
    return model.onnx().digest();
  }
}
