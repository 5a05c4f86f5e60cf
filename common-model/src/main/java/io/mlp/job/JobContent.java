package io.mlp.job;

import io.mlp.tensor.Tensor;
import java.util.List;

/** What a job asks for, from its submission to its run. */
public record JobContent(List<Tensor> inputs, JobOptions options) {}
