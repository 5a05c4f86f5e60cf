package io.mlp.worker.repository;

/**
 * A version that cannot be served.
 *
 * @param reason one sentence for operators and clients; names files relative to the repository
 */
public record FailedModel(String name, int version, String reason) implements LoadResult {
  private static final int MAX_LENGTH = 1000;

  /** What a hostile file put into its reason can be stored and shown, too. */
  public FailedModel {
    String printable = reason.replaceAll("[\\p{Cntrl}\\p{Cs}]", "\ufffd");
    reason =
        printable.length() <= MAX_LENGTH ? printable : printable.substring(0, MAX_LENGTH) + "…";
  }
}
