package io.mlp.worker.inference;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.nio.file.Path;

/** The one ONNX Runtime environment of the process, and the options all sessions share. */
final class OrtRuntime {
  private OrtRuntime() {}

  /** Made at first use, so that a missing native library refuses models instead of classes. */
  private static final class Holder {
    static final OrtEnvironment ENVIRONMENT = create();

    private static OrtEnvironment create() {
      OrtEnvironment environment =
          OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "mlp");
      try {
        environment.setTelemetry(false);
      } catch (OrtException e) {
        throw new IllegalStateException("cannot switch telemetry off", e);
      }
      return environment;
    }
  }

  static OrtEnvironment environment() {
    return Holder.ENVIRONMENT;
  }

  /**
   * Options for one model.
   *
   * @param folder where external data of a model that is loaded from memory is looked up; without
   *     it that would be the working directory
   */
  static SessionOptions options(Path folder, int intraOpThreads) throws OrtException {
    SessionOptions options = new SessionOptions();
    try {
      options.setIntraOpNumThreads(intraOpThreads);
      options.setInterOpNumThreads(1);
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      options.addConfigEntry("session.inter_op.allow_spinning", "0");
      options.addConfigEntry(
          "session.model_external_initializers_file_folder_path", folder.toString());
      // The arena never gives back what the largest run took, and a pattern is kept for each shape
      // ever seen. Without both, runs took as long: 1 to 1024 rows, dense and convolutional.
      options.setCPUArenaAllocator(false);
      options.setMemoryPatternOptimization(false);
      // What it says of a run arrives as the exception, too; stderr need not repeat each bad input.
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      return options;
    } catch (OrtException | RuntimeException e) {
      options.close();
      throw e;
    }
  }
}
