package io.mlp.worker.catalogue;

import io.mlp.worker.repository.ModelVersion;
import java.util.Map;

/**
 * Notes of loads under way that outlive the process: the note of a process that is dead tells what
 * it was loading when it died.
 */
interface LoadNotes {
  /** What deaths say of files. */
  enum Suspicion {
    NONE,
    /** A process died while it loaded them, maybe of something else. */
    SUSPECT,
    /** A process died while it loaded nothing but them, after another had died of them. */
    CONDEMNED
  }

  /**
   * Files of a version.
   *
   * @param digest of names, sizes and times
   */
  record Files(ModelVersion version, String digest) {}

  /** What surely dead processes were loading; of other files nothing is known. */
  Map<Files, Suspicion> suspicions();

  /**
   * Written before the load begins.
   *
   * @param alone nothing else is loaded meanwhile
   */
  void begins(Files files, boolean alone);

  /**
   * The load is over, and the process lives.
   *
   * @param acquitted they did load: whoever died with them died of something else
   */
  void ended(Files files, boolean acquitted);

  /** The process stops: what is still loaded goes with it. */
  void stops();

  /** They are skipped: what is known of them is kept for others. */
  void skipped(Files files);
}
