package io.mlp.api.model;

import io.mlp.model.ModelSignature;
import io.mlp.model.SignatureJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * The models that jobs are validated against, kept in memory and read anew every second; while the
 * database is away the last reading stands.
 */
@Component
public class ModelCatalogue {
  private static final Logger LOG = LoggerFactory.getLogger(ModelCatalogue.class);

  private final RegisteredVersions registered;
  private final ModelSettings settings;
  private volatile Reading reading = new Reading(new TreeMap<>(), Map.of(), List.of());

  private record Reading(
      NavigableMap<String, NavigableMap<Integer, CataloguedVersion>> models,
      Map<Integer, CataloguedVersion> byId,
      List<RefusedVersion> refused) {}

  ModelCatalogue(RegisteredVersions registered, ModelSettings settings) {
    this.registered = registered;
    this.settings = settings;
  }

  /** All versions of a model, the highest first; empty if no worker ever registered one. */
  public List<CataloguedVersion> versions(String model) {
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

  public @Nullable CataloguedVersion byId(int id) {
    return reading.byId.get(id);
  }

  /** Every version there is, in no order. */
  public List<CataloguedVersion> all() {
    return List.copyOf(reading.byId.values());
  }

  /** Names of all models, those that could not be loaded included. */
  List<String> names() {
    TreeMap<String, Boolean> names = new TreeMap<>();
    reading.models.keySet().forEach(name -> names.put(name, true));
    reading.refused.forEach(version -> names.put(version.model(), true));
    return List.copyOf(names.keySet());
  }

  List<RefusedVersion> refused(String model) {
    return reading.refused.stream().filter(version -> version.model().equals(model)).toList();
  }

  @EventListener(ApplicationReadyEvent.class)
  @Scheduled(fixedDelayString = "${api.models.refresh}")
  public void refresh() {
    try {
      reading = read();
    } catch (DataAccessException | TransactionException e) {
      LOG.warn("The model catalogue cannot be read, the last reading stands: {}", e.toString());
    }
  }

  private Reading read() {
    List<RegisteredVersions.Sighting> sightings =
        registered.findSightings(settings.workerSilence().toMillis() / 1000.0);
    NavigableMap<String, NavigableMap<Integer, CataloguedVersion>> models = new TreeMap<>();
    Map<Integer, CataloguedVersion> byId = new HashMap<>();
    for (RegisteredVersion row : registered.findAll()) {
      CataloguedVersion entry = entry(row, sightings);
      models.computeIfAbsent(row.model, _ -> new TreeMap<>()).put(row.version, entry);
      byId.put(row.id, entry);
    }
    return new Reading(models, byId, refused(sightings));
  }

  private static CataloguedVersion entry(
      RegisteredVersion row, List<RegisteredVersions.Sighting> sightings) {
    List<String> workers = new ArrayList<>();
    for (RegisteredVersions.Sighting sighting : sightings) {
      if (sighting.getState().equals("ready")
          && sighting.getModel().equals(row.model)
          && sighting.getVersion() == row.version
          && row.digest.equals(sighting.getDigest())) {
        workers.add(sighting.getWorker());
      }
    }
    return new CataloguedVersion(
        row.id,
        row.model,
        row.version,
        row.digest,
        row.description,
        new ModelSignature(SignatureJson.read(row.inputs), SignatureJson.read(row.outputs)),
        row.labels,
        row.example,
        row.maxBatchRows,
        row.registeredAt,
        workers);
  }

  private static List<RefusedVersion> refused(List<RegisteredVersions.Sighting> sightings) {
    List<RefusedVersion> refused = new ArrayList<>();
    for (RegisteredVersions.Sighting sighting : sightings) {
      String reason = sighting.getReason();
      if (sighting.getState().equals("failed") && reason != null) {
        refused.add(
            new RefusedVersion(
                sighting.getModel(), sighting.getVersion(), sighting.getWorker(), reason));
      }
    }
    return refused;
  }
}
