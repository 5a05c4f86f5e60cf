package io.mlp.worker.trial;

/**
 * What a verdict holds for.
 *
 * @param digest of the model's files
 * @param runtime version of ONNX Runtime
 * @param processor what tells processors of different features apart
 * @param trial what tells apart trials that may come to different verdicts: the rows wanted, the
 *     example, the threads of a run
 */
public record Circumstances(String digest, String runtime, String processor, String trial) {}
