package io.mlp.worker.inference;

import io.mlp.tensor.Tensor;
import java.util.List;
import java.util.Set;

/**
 * What one job asks of a model.
 *
 * @param inputs one tensor for each input of the model, in any order
 * @param outputs names of the outputs wanted; none stands for all
 */
public record InferenceRequest(List<Tensor> inputs, Set<String> outputs) {}
