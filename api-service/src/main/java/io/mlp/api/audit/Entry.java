package io.mlp.api.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that was done.
 *
 * @param subject the job or key that it was done to
 * @param subjectOwner whose that is
 */
public record Entry(Act act, UUID subject, String subjectOwner, @Nullable Details details) {

  /**
   * What was done to a key.
   *
   * @param changed names of the members that are other than before, without their values
   * @param successor the key that was made in its place
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Details(List<String> changed, @Nullable UUID successor) {}
}
