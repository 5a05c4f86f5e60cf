package io.mlp.api.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.mlp.api.http.QueryParameters;
import io.mlp.api.owner.Caller;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.model.Batching;
import io.mlp.model.SignatureJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What models there are, what they take and give, and which versions are served. */
@RestController
class ModelController {
  private final ModelCatalogue catalogue;

  ModelController(ModelCatalogue catalogue) {
    this.catalogue = catalogue;
  }

  /**
   * A model.
   *
   * @param defaultVersion what a job without a version runs on; null if nothing could be loaded
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record ModelView(String name, @Nullable String defaultVersion, List<VersionView> versions) {}

  /**
   * A version.
   *
   * @param state {@code ready}: a live worker serves it; {@code waiting}: known, but no live worker
   *     has it, so jobs wait; {@code retired}: removed, so no jobs are taken; {@code failed}: its
   *     file could not be loaded, for the given reason
   * @param conflicts other bytes that live workers have under this version; null if they agree
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record VersionView(
      String version,
      String state,
      @Nullable String reason,
      @Nullable String digest,
      @Nullable String description,
      @JsonRawValue @Nullable String inputs,
      @JsonRawValue @Nullable String outputs,
      @JsonRawValue @Nullable String labels,
      @JsonRawValue @Nullable String example,
      @Nullable Integer maxBatchRows,
      @Nullable BatchingView batching,
      @Nullable Integer cacheSeconds,
      @Nullable Instant registeredAt,
      @Nullable Instant retiredAt,
      List<String> workers,
      @Nullable List<OtherBytes> conflicts) {

    private static VersionView of(CataloguedVersion entry, boolean withExample) {
      return new VersionView(
          Integer.toString(entry.version()),
          state(entry),
          null,
          entry.digest(),
          entry.description(),
          SignatureJson.write(entry.signature().inputs()),
          SignatureJson.write(entry.signature().outputs()),
          entry.labels(),
          withExample ? entry.example() : null,
          entry.batching().maxRows(),
          BatchingView.of(entry.batching()),
          entry.cacheSeconds(),
          entry.registeredAt(),
          entry.retiredAt(),
          entry.workers(),
          entry.conflicts().isEmpty() ? null : entry.conflicts());
    }

    private static String state(CataloguedVersion entry) {
      if (entry.retired()) {
        return "retired";
      }
      return entry.ready() ? "ready" : "waiting";
    }

    private static VersionView of(RefusedVersion refused) {
      return new VersionView(
          Integer.toString(refused.version()),
          "failed",
          refused.reason(),
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          List.of(refused.worker()),
          null);
    }
  }

  /**
   * Whether rows of several jobs share runs.
   *
   * @param mode {@code tested}, {@code declared} or {@code off}
   * @param reason why it is off; null otherwise
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record BatchingView(String mode, @Nullable String reason) {
    private static BatchingView of(Batching batching) {
      return new BatchingView(batching.mode().text(), batching.reason().orElse(null));
    }
  }

  record Models(List<ModelView> models) {}

  /** Without the examples, which may be megabytes each. */
  @GetMapping("/v1/models")
  Models models(
      @RequestParam(required = false) @Nullable String retired,
      @AuthenticationPrincipal Caller caller) {
    boolean withRetired = QueryParameters.isTrue("retired", retired);
    return new Models(
        catalogue.names().stream()
            .filter(caller::mayUse)
            .map(name -> view(name, withRetired, false))
            .filter(model -> !model.versions.isEmpty())
            .toList());
  }

  /**
   * Looks again before it says that there is none, for a worker may have registered it since the
   * catalogue was last read.
   */
  @GetMapping("/v1/models/{name}")
  ModelView model(
      @PathVariable String name,
      @RequestParam(required = false) @Nullable String retired,
      @AuthenticationPrincipal Caller caller) {
    boolean withRetired = QueryParameters.isTrue("retired", retired);
    if (!caller.mayUse(name)) {
      throw ProblemException.of(ProblemType.FORBIDDEN, "The key may not use model " + name);
    }
    ModelView known = view(name, withRetired, true);
    if (!known.versions.isEmpty()) {
      return known;
    }
    catalogue.lookAgain();
    ModelView now = view(name, withRetired, true);
    if (now.versions.isEmpty()) {
      throw ProblemException.of(ProblemType.NOT_FOUND, absence(name, caller));
    }
    return now;
  }

  private String absence(String name, Caller caller) {
    return catalogue.everyVersion(name).isEmpty()
        ? "No model %s; there are: %s".formatted(name, String.join(", ", inService(caller)))
        : "Model %s is retired: it was removed from the workers' repositories. Ask with ?retired=true for what it was"
            .formatted(name);
  }

  private List<String> inService(Caller caller) {
    return models(null, caller).models().stream().map(ModelView::name).toList();
  }

  private ModelView view(String name, boolean retired, boolean withExample) {
    List<VersionView> versions = new ArrayList<>();
    List<CataloguedVersion> entries =
        retired ? catalogue.everyVersion(name) : catalogue.versions(name);
    entries.forEach(entry -> versions.add(VersionView.of(entry, withExample)));
    catalogue.refused(name).forEach(refused -> versions.add(VersionView.of(refused)));
    String defaultVersion =
        catalogue.defaultVersion(name).map(entry -> Integer.toString(entry.version())).orElse(null);
    return new ModelView(name, defaultVersion, versions);
  }
}
