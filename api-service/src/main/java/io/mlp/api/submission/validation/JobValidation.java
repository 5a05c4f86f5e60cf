package io.mlp.api.submission.validation;

import io.mlp.api.model.CataloguedVersion;
import io.mlp.api.model.ModelCatalogue;
import io.mlp.api.owner.Caller;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.api.problem.Violation;
import io.mlp.api.problem.Violations;
import io.mlp.api.submission.reading.JobRequest;
import io.mlp.api.submission.reading.JsonPointers;
import io.mlp.api.submission.reading.Texts;
import io.mlp.job.CachePolicy;
import io.mlp.job.JobContent;
import io.mlp.job.JobIds;
import io.mlp.job.JobOptions;
import io.mlp.job.store.Submission;
import io.mlp.tensor.Tensor;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Holds a request against the API's rules and its model; what passes can be stored and run. */
@Component
public class JobValidation {
  private static final int DEFAULT_PRIORITY = 4;
  private static final Duration FARTHEST_DEADLINE = Duration.ofDays(365);

  private final ModelCatalogue catalogue;
  private final SubmissionSettings settings;
  private final Clock clock;

  JobValidation(ModelCatalogue catalogue, SubmissionSettings settings, Clock clock) {
    this.catalogue = catalogue;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * The job to store.
   *
   * @throws ProblemException with everything that is wrong, 403 if the caller may not use the model
   */
  public NewJob validate(JobRequest request, Caller caller) {
    requireAllowed(request.model(), caller);
    CataloguedVersion version = version(request);
    try {
      return validate(request, version, caller);
    } catch (ProblemException e) {
      // Other bytes may have taken their place since the catalogue was last read, which take
      // others.
      catalogue.lookAgain();
      CataloguedVersion now = version(request);
      if (now.signature().equals(version.signature())) {
        throw e;
      }
      return validate(request, now, caller);
    }
  }

  /** Before it is looked up, so that a key learns nothing of models that it may not use. */
  private static void requireAllowed(String model, Caller caller) {
    if (!caller.mayUse(model)) {
      throw ProblemException.at(
          ProblemType.FORBIDDEN, "#/model", "The key may not use model " + Texts.quoted(model));
    }
  }

  private NewJob validate(JobRequest request, CataloguedVersion version, Caller caller) {
    Violations violations = new Violations();
    List<String> outputs = Objects.requireNonNullElse(request.outputs(), List.of());
    List<Tensor> inputs =
        new SignatureValidation(version, violations).validate(request.inputs(), outputs);
    checkMetadata(request.metadata(), violations);
    int priority = inRange("priority", request.priority(), DEFAULT_PRIORITY, 0, 9, violations);
    int maxAttempts =
        inRange("max_attempts", request.maxAttempts(), settings.maxAttempts(), 1, 10, violations);
    Instant deadline = deadline(request.deadline(), violations);
    CachePolicy cache = cachePolicy(request.cache(), version, violations);
    if (!violations.isEmpty()) {
      throw ProblemException.of(ProblemType.VALIDATION_ERROR, violations.first());
    }
    JobOptions options = new JobOptions(new LinkedHashSet<>(outputs), cache, request.metadata());
    return new NewJob(
        version,
        new Submission(
            JobIds.next(),
            version.id(),
            request.version() != null,
            caller.owner(),
            caller.key(),
            new JobContent(inputs, options),
            priority,
            null,
            maxAttempts,
            deadline,
            null,
            null));
  }

  /** A worker may have registered it since the catalogue was last read. */
  private CataloguedVersion version(JobRequest request) {
    Optional<CataloguedVersion> known = find(request);
    if (known.isPresent()) {
      return known.get();
    }
    catalogue.lookAgain();
    return find(request).orElseThrow(() -> unknown(request));
  }

  private Optional<CataloguedVersion> find(JobRequest request) {
    String wanted = request.version();
    return wanted == null
        ? catalogue.defaultVersion(request.model())
        : catalogue.versions(request.model()).stream()
            .filter(entry -> Integer.toString(entry.version()).equals(wanted))
            .findFirst();
  }

  private ProblemException unknown(JobRequest request) {
    String model = request.model();
    List<CataloguedVersion> versions = catalogue.versions(model);
    return versions.isEmpty()
        ? ProblemException.at(
            ProblemType.MODEL_NOT_FOUND, "#/model", "There is no model " + Texts.quoted(model))
        : ProblemException.at(
            ProblemType.MODEL_NOT_FOUND,
            "#/version",
            "Model %s has no version %s; it has %s"
                .formatted(model, Texts.quoted(request.version()), numbers(versions)));
  }

  private static List<Integer> numbers(List<CataloguedVersion> versions) {
    return versions.stream().map(CataloguedVersion::version).toList();
  }

  private static void checkMetadata(Map<String, String> metadata, Violations violations) {
    for (Map.Entry<String, String> entry : metadata.entrySet()) {
      if (!Texts.storable(entry.getKey()) || !Texts.storable(entry.getValue())) {
        String where = JsonPointers.member("#/metadata", entry.getKey());
        violations.add(new Violation(where + " holds U+0000 or half a surrogate pair", where));
      }
    }
  }

  private static int inRange(
      String name,
      @Nullable Integer sent,
      int otherwise,
      int least,
      int most,
      Violations violations) {
    int value = sent == null ? otherwise : sent;
    if (value < least || value > most) {
      violations.add(
          new Violation(
              "#/%s: %d (expected: %d to %d)".formatted(name, value, least, most), "#/" + name));
    }
    return value;
  }

  private static CachePolicy cachePolicy(
      @Nullable String sent, CataloguedVersion version, Violations violations) {
    if (sent == null) {
      return version.cacheSeconds() == null || !version.repeatable()
          ? CachePolicy.BYPASS
          : CachePolicy.USE;
    }
    Optional<CachePolicy> policy = CachePolicy.of(sent);
    if (policy.isEmpty()) {
      violations.add(
          new Violation(
              "#/cache: %s (expected: use, refresh or bypass)".formatted(Texts.quoted(sent)),
              "#/cache"));
    }
    return version.repeatable() ? policy.orElse(CachePolicy.BYPASS) : CachePolicy.BYPASS;
  }

  private @Nullable Instant deadline(@Nullable String sent, Violations violations) {
    if (sent == null) {
      return null;
    }
    Instant now = clock.instant();
    try {
      Instant deadline =
          sent.startsWith("P")
              ? now.plus(Duration.parse(sent))
              : OffsetDateTime.parse(sent).toInstant();
      if (deadline.isAfter(now) && deadline.isBefore(now.plus(FARTHEST_DEADLINE))) {
        return deadline;
      }
      violations.add(new Violation("#/deadline must lie within the coming 365 days", "#/deadline"));
    } catch (DateTimeException | ArithmeticException _) {
      violations.add(
          new Violation(
              "#/deadline must be an RFC 3339 time or an ISO 8601 duration such as PT30S",
              "#/deadline"));
    }
    return null;
  }
}
