package io.mlp.api.model;

import io.mlp.api.Settings;
import io.mlp.model.ModelSignature;
import io.mlp.model.SignatureJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;

/** What workers have registered, without a database. */
public final class FakeRegistry implements RegisteredVersions {
  private final List<RegisteredVersion> rows = new ArrayList<>();
  private final List<Sighting> sightings = new ArrayList<>();
  private boolean away;
  private double askedSeconds;

  /** A row of the catalogue, and nothing of who serves it. */
  public FakeRegistry version(String model, int version, ModelSignature signature) {
    return version(model, version, signature, 64);
  }

  public FakeRegistry version(
      String model, int version, ModelSignature signature, int maxBatchRows) {
    RegisteredVersion row = new RegisteredVersion();
    row.id = rows.size() + 1;
    row.model = model;
    row.version = version;
    row.digest = digest(model, version);
    row.inputs = SignatureJson.write(signature.inputs());
    row.outputs = SignatureJson.write(signature.outputs());
    row.maxBatchRows = maxBatchRows;
    row.registeredAt = Instant.parse("2026-11-24T08:00:00Z");
    rows.add(row);
    return this;
  }

  /** A live worker that serves the registered bytes. */
  public FakeRegistry served(String model, int version, String worker) {
    return sighted(model, version, worker, "ready", digest(model, version), null);
  }

  FakeRegistry servedWithOtherBytes(String model, int version, String worker) {
    return sighted(model, version, worker, "ready", "other bytes", null);
  }

  FakeRegistry refused(String model, int version, String worker, String reason) {
    return sighted(model, version, worker, "failed", null, reason);
  }

  private record Seen(
      String getModel,
      int getVersion,
      String getWorker,
      String getState,
      @Nullable String getDigest,
      @Nullable String getReason)
      implements Sighting {}

  private FakeRegistry sighted(
      String model,
      int version,
      String worker,
      String state,
      @Nullable String digest,
      @Nullable String reason) {
    sightings.add(new Seen(model, version, worker, state, digest, reason));
    return this;
  }

  static String digest(String model, int version) {
    return "digest of " + model + " " + version;
  }

  /** From now on the database is away, or back. */
  void away(boolean away) {
    this.away = away;
  }

  /** How long a worker may have been silent, as the catalogue asked last. */
  double askedSeconds() {
    return askedSeconds;
  }

  /** A catalogue that has read what is registered now. */
  public ModelCatalogue catalogue() {
    ModelCatalogue catalogue = new ModelCatalogue(this, Settings.of(ModelSettings.class, Map.of()));
    catalogue.refresh();
    return catalogue;
  }

  @Override
  public List<RegisteredVersion> findAll() {
    return List.copyOf(rows);
  }

  @Override
  public List<Sighting> findSightings(double seconds) {
    if (away) {
      throw new DataAccessResourceFailureException("away");
    }
    askedSeconds = seconds;
    return List.copyOf(sightings);
  }
}
