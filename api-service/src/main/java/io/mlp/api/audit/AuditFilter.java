package io.mlp.api.audit;

import io.mlp.api.http.QueryParameters;
import io.mlp.api.problem.ProblemException;
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
    if (act != null && Act.of(act).isEmpty()) {
      throw QueryParameters.refused("act", "'%.100s' is no act of the audit".formatted(act));
    }
    return new AuditFilter(
        QueryParameters.name("owner", owner),
        subject == null ? null : subject(subject),
        act,
        QueryParameters.cursor(cursor),
        QueryParameters.limit(QueryParameters.whole("limit", limit)),
        SCAN);
  }

  private static UUID subject(String text) {
    return QueryParameters.id(text)
        .orElseThrow(() -> QueryParameters.refused("subject", "is no id of a job or key"));
  }
}
