package io.mlp.api.audit;

import io.mlp.api.http.QueryParameters;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of the audit a page is of.
 *
 * @param owner whose acts; null for everybody's
 * @param subject the job or key that they were done to; null for all
 * @param act null for all
 * @param before the greatest id, exclusive
 * @param limit the most rows of the page
 * @param scan the most rows to look at for it
 */
record AuditFilter(
    @Nullable String owner,
    @Nullable UUID subject,
    @Nullable String act,
    UUID before,
    int limit,
    int scan) {
  private static final int SCAN = 10_000;
  private static final int DEFAULT_LIMIT = 50;
  private static final int MAX_LIMIT = 100;
  private static final UUID GREATEST = new UUID(-1, -1);

  /**
   * What the parameters ask for as they were sent.
   *
   * @throws ProblemException 400 naming the first that is not valid
   */
  static AuditFilter of(
      @Nullable String owner,
      @Nullable String subject,
      @Nullable String act,
      @Nullable String cursor,
      @Nullable String limit) {
    Integer sent = QueryParameters.whole("limit", limit);
    int most = sent == null ? DEFAULT_LIMIT : sent;
    if (most < 1 || most > MAX_LIMIT) {
      throw refused("limit", most + " (expected: 1 to " + MAX_LIMIT + ")");
    }
    if (owner != null && owner.indexOf('\0') >= 0) {
      throw refused("owner", "holds U+0000, as no name does");
    }
    if (act != null && Act.of(act).isEmpty()) {
      throw refused("act", "'%.100s' is no act of the audit".formatted(act));
    }
    return new AuditFilter(
        owner,
        subject == null ? null : id("subject", subject, "is no id of a job or key"),
        act,
        cursor == null ? GREATEST : id("cursor", cursor, "is not one that this API gave"),
        most,
        SCAN);
  }

  /** Java reads short forms, too, which are no ids. */
  private static UUID id(String parameter, String text, String otherwise) {
    try {
      UUID id = UUID.fromString(text);
      if (id.toString().equalsIgnoreCase(text)) {
        return id;
      }
    } catch (IllegalArgumentException _) {
      // Refused below.
    }
    throw refused(parameter, otherwise);
  }

  private static ProblemException refused(String parameter, String what) {
    return ProblemException.at(ProblemType.INVALID_PARAMETER, parameter, parameter + ": " + what);
  }
}
