package io.mlp.api.model;

import io.mlp.api.lookup.SharedRead;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.cache.ContentKey;
import io.mlp.job.store.DatabaseOutage;
import io.mlp.model.Batching;
import io.mlp.model.ModelSignature;
import io.mlp.model.SignatureJson;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The models that jobs are validated against, kept in memory and read anew every second; while the
 * database is away the last reading stands. It may be a second old, so whoever is about to refuse
 * something for what is not in it {@linkplain #lookAgain looks again} first.
 */
@Component
public class ModelCatalogue {
  private static final DatabaseOutage OUTAGE = DatabaseOutage.ofThisProcess();
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final TypeReference<List<String>> LABELS = new TypeReference<>() {};

  private final RegisteredVersions registered;
  private final ModelSettings settings;
  private final SharedRead reads = new SharedRead(this::readAll);
  private volatile Reading reading = new Reading(new TreeMap<>(), Map.of(), List.of());
  private volatile boolean known;

  private record Reading(
      NavigableMap<String, NavigableMap<Integer, CataloguedVersion>> models,
      Map<Integer, CataloguedVersion> byId,
      List<RefusedVersion> refused) {}

  ModelCatalogue(RegisteredVersions registered, ModelSettings settings) {
    this.registered = registered;
    this.settings = settings;
  }

  /** Whether it has been read yet, so that a model which is not in it is unknown indeed. */
  public boolean isKnown() {
    return known;
  }

  /** All versions of a model in service, the highest first; empty if there is none. */
  public List<CataloguedVersion> versions(String model) {
    return everyVersion(model).stream().filter(version -> !version.retired()).toList();
  }

  /** The versions of a model with those that are retired, the highest first. */
  List<CataloguedVersion> everyVersion(String model) {
    NavigableMap<Integer, CataloguedVersion> versions = reading.models.get(model);
    return versions == null ? List.of() : List.copyOf(versions.descendingMap().values());
  }

  /** The version that a job without one gets: the highest that is ready, else the highest. */
  public Optional<CataloguedVersion> defaultVersion(String model) {
    List<CataloguedVersion> versions = versions(model);
    return versions.stream()
        .filter(CataloguedVersion::ready)
        .findFirst()
        .or(() -> versions.stream().findFirst());
  }

  public Optional<CataloguedVersion> version(String model, int version) {
    return versions(model).stream().filter(entry -> entry.version() == version).findFirst();
  }

  /** The version of that key, in service or retired. */
  public @Nullable CataloguedVersion byId(int id) {
    return reading.byId.get(id);
  }

  /** Every version in service, in no order. */
  public List<CataloguedVersion> all() {
    return reading.byId.values().stream().filter(version -> !version.retired()).toList();
  }

  /** Names of all models, those that could not be loaded or are retired included. */
  List<String> names() {
    TreeSet<String> names = new TreeSet<>(reading.models.keySet());
    reading.refused.forEach(version -> names.add(version.model()));
    return List.copyOf(names);
  }

  /** What live workers have in their repositories and cannot load. */
  List<RefusedVersion> refused() {
    return reading.refused;
  }

  List<RefusedVersion> refused(String model) {
    return reading.refused.stream().filter(version -> version.model().equals(model)).toList();
  }

  @EventListener(ApplicationReadyEvent.class)
  @Scheduled(fixedDelayString = "${api.models.refresh}")
  public void refresh() {
    OUTAGE.unlessAway(reads::run);
  }

  /**
   * Reads what is registered now, once for all who ask at the same moment.
   *
   * @throws ProblemException 503 if the database is away, so that nobody is refused for what is not
   *     known
   */
  public void lookAgain() {
    try {
      reads.run();
    } catch (DataAccessException | TransactionException e) {
      throw ProblemException.passing(
          ProblemType.STORE_UNAVAILABLE,
          "Which models there are cannot be read at the moment",
          Duration.ofSeconds(2),
          e);
    }
  }

  private void readAll() {
    reading = read();
    known = true;
  }

  private Reading read() {
    List<RegisteredVersions.Sighting> sightings =
        registered.findSightings(settings.workerSilence().toMillis() / 1000.0);
    Sightings seen = new Sightings(sightings);
    NavigableMap<String, NavigableMap<Integer, CataloguedVersion>> models = new TreeMap<>();
    Map<Integer, CataloguedVersion> byId = new HashMap<>();
    for (RegisteredVersion row : registered.findAll()) {
      CataloguedVersion entry = entry(row, seen);
      models.computeIfAbsent(row.model, _ -> new TreeMap<>()).put(row.version, entry);
      byId.put(row.id, entry);
    }
    return new Reading(models, byId, seen.refused());
  }

  private static CataloguedVersion entry(RegisteredVersion row, Sightings seen) {
    return new CataloguedVersion(
        row.id,
        row.model,
        row.version,
        row.digest,
        row.description,
        new ModelSignature(SignatureJson.read(row.inputs), SignatureJson.read(row.outputs)),
        row.labels,
        row.example,
        new Batching(
            Batching.Mode.of(row.batching),
            row.maxBatchRows,
            Optional.ofNullable(row.batchingReason)),
        row.repeatable,
        row.cacheSeconds,
        ContentKey.Scope.of(row.digest, labels(row.labels)),
        row.registeredAt,
        row.retiredAt,
        seen.workers(row.model, row.version, row.digest),
        seen.conflicts(row.model, row.version, row.digest));
  }

  private static List<String> labels(@Nullable String json) {
    return json == null ? List.of() : JSON.readValue(json, LABELS);
  }
}
