package io.mlp.api.owner;

import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.api.problem.Violation;
import io.mlp.api.problem.Violations;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the members of a body about a key, and collects what is wrong with them. */
final class KeyBody {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final int LONGEST_DESCRIPTION = 200;
  private static final int MOST_PER_SECOND = 1_000_000;
  private static final int MOST_MODELS = 100;
  private static final int LONGEST_MODEL = 255;
  private static final Duration LONGEST_OVERLAP = Duration.ofDays(30);
  private static final Pattern OWNER = Pattern.compile(Caller.OWNER);

  private final JsonNode body;
  private final Violations violations = new Violations();

  /**
   * A body with those members and no others.
   *
   * @throws ProblemException 400 if it is not JSON
   */
  KeyBody(byte[] bytes, Set<String> members) {
    this.body = read(bytes);
    if (!body.isObject()) {
      violations.add(new Violation("#: expected an object", "#"));
    }
    for (String name : body.propertyNames()) {
      if (!members.contains(name)) {
        violations.add(
            new Violation(
                "#/%s is no member (expected: %s)"
                    .formatted(name, String.join(", ", new TreeSet<>(members))),
                "#/" + name));
      }
    }
  }

  private static JsonNode read(byte[] bytes) {
    try {
      return JSON.readTree(bytes);
    } catch (JacksonException e) {
      throw ProblemException.at(
          ProblemType.MALFORMED_JSON, "#", "The body is not JSON: " + e.getOriginalMessage());
    }
  }

  /** Whether the member is there, be it null. */
  boolean has(String name) {
    return body.has(name);
  }

  /** What was read, if nothing is wrong. */
  void requireValid() {
    if (!violations.isEmpty()) {
      throw ProblemException.of(ProblemType.VALIDATION_ERROR, violations.first());
    }
  }

  String owner() {
    String owner = text("owner");
    if (owner != null && owner.equals(Caller.ANONYMOUS)) {
      wrong("owner", "'anonymous' stands for the jobs from before there were keys");
    } else if (owner == null || !OWNER.matcher(owner).matches()) {
      wrong("owner", "expected 1 to 64 letters, digits, '.', '_' and '-', a letter or digit first");
    }
    return owner == null ? "" : owner;
  }

  Role role() {
    String role = text("role");
    if (role != null && Role.of(role).isPresent()) {
      return Role.of(role).get();
    }
    wrong("role", "expected read, submit or admin");
    return Role.READ;
  }

  @Nullable String description() {
    String description = text("description");
    if (description != null
        && (description.length() > LONGEST_DESCRIPTION || description.indexOf('\0') >= 0)) {
      wrong("description", "expected at most 200 characters, none of them U+0000");
    }
    return description;
  }

  @Nullable List<String> models() {
    JsonNode models = body.path("models");
    if (models.isMissingNode() || models.isNull()) {
      return null;
    }
    List<String> names = new ArrayList<>();
    boolean texts = models.isArray();
    for (JsonNode model : models) {
      texts &= model.isString() && isModelName(model.asString());
      names.add(model.asString(""));
    }
    if (!texts || names.isEmpty() || names.size() > MOST_MODELS) {
      wrong("models", "expected 1 to 100 names of models, or null for all");
    }
    return names.stream().distinct().toList();
  }

  private static boolean isModelName(String name) {
    return !name.isEmpty() && name.length() <= LONGEST_MODEL && name.indexOf('\0') < 0;
  }

  @Nullable Instant expiresAt(Instant now) {
    String text = text("expires_at");
    if (text == null) {
      return null;
    }
    try {
      // To the microsecond, as it is stored.
      Instant at = OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.MICROS);
      if (at.isAfter(now)) {
        return at;
      }
      wrong("expires_at", "expected a time to come");
    } catch (DateTimeException _) {
      wrong("expires_at", "expected an RFC 3339 time such as 2027-01-31T12:00:00Z");
    }
    return null;
  }

  /** A rate per second; null for that of the settings. */
  @Nullable Integer rate(String name) {
    return whole(name, MOST_PER_SECOND);
  }

  /** A number of jobs; null for that of the settings. */
  @Nullable Integer count(String name) {
    return whole(name, Integer.MAX_VALUE);
  }

  private @Nullable Integer whole(String name, int most) {
    JsonNode value = body.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (value.isIntegralNumber()
        && value.canConvertToInt()
        && value.asInt() >= 1
        && value.asInt() <= most) {
      return value.asInt();
    }
    wrong(name, "expected a whole number from 1 to %d, or null for the settings".formatted(most));
    return null;
  }

  Duration overlap(Duration otherwise) {
    String text = text("overlap");
    if (text == null) {
      return otherwise;
    }
    try {
      Duration overlap = Duration.parse(text);
      if (!overlap.isNegative() && overlap.compareTo(LONGEST_OVERLAP) <= 0) {
        return overlap;
      }
    } catch (DateTimeException _) {
      // Told below.
    }
    wrong("overlap", "expected an ISO 8601 duration of 0 to 30 days, such as PT1H");
    return otherwise;
  }

  private @Nullable String text(String name) {
    JsonNode value = body.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isString()) {
      wrong(name, "expected a text");
      return null;
    }
    return value.asString();
  }

  private void wrong(String name, String expected) {
    violations.add(new Violation("#/%s: %s".formatted(name, expected), "#/" + name));
  }
}
