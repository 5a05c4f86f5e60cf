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
  private int readings;

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
    row.batching = signature.whyNotBatched().isPresent() ? "off" : "tested";
    row.batchingReason = signature.whyNotBatched().orElse(null);
    row.repeatable = true;
    row.registeredAt = Instant.parse("2026-11-24T08:00:00Z");
    rows.add(row);
    return this;
  }

  /** Other bytes have taken the place of those that were registered. */
  public FakeRegistry replaced(String model, int version, ModelSignature signature) {
    rows.removeIf(row -> row.model.equals(model) && row.version == version);
    return version(model, version, signature);
  }

  FakeRegistry example(String model, int version, String example) {
    for (RegisteredVersion row : rows) {
      if (row.model.equals(model) && row.version == version) {
        row.example = example;
      }
    }
    return this;
  }

  /** The version added last is not batched, though its first dimensions are open. */
  public FakeRegistry notBatched() {
    rows.getLast().batching = "off";
    rows.getLast().batchingReason = "rows depend on one another";
    rows.getLast().maxBatchRows = 1;
    return this;
  }

  /** The version added last answers the same question differently each time. */
  public FakeRegistry notRepeatable() {
    rows.getLast().repeatable = false;
    return this;
  }

  /** A live worker that serves the registered bytes. */
  public FakeRegistry served(String model, int version, String worker) {
    return sighted(model, version, worker, "ready", digest(model, version), null);
  }

  FakeRegistry servedWithOtherBytes(String model, int version, String worker) {
    return sighted(model, version, worker, "ready", "other bytes", null);
  }

  /** A live worker that serves the registered bytes, but whose repository holds others by now. */
  FakeRegistry offered(String model, int version, String worker, String digest) {
    sightings.add(new Seen(model, version, worker, "ready", digest(model, version), digest, null));
    return this;
  }

  /** A live worker that serves what was there before the file that does not load. */
  FakeRegistry servedInSteadOf(String model, int version, String worker, String reason) {
    return sighted(model, version, worker, "ready", digest(model, version), reason);
  }

  /** From now on nobody has the version. */
  public FakeRegistry retired(String model, int version) {
    for (RegisteredVersion row : rows) {
      if (row.model.equals(model) && row.version == version) {
        row.retiredAt = Instant.parse("2026-11-24T09:00:00Z");
      }
    }
    return this;
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
      @Nullable String getOffered,
      @Nullable String getReason)
      implements Sighting {}

  private FakeRegistry sighted(
      String model,
      int version,
      String worker,
      String state,
      @Nullable String digest,
      @Nullable String reason) {
    sightings.add(new Seen(model, version, worker, state, digest, digest, reason));
    return this;
  }

  static String digest(String model, int version) {
    return "digest of " + model + " " + version;
  }

  /** From now on the database is away, or back. */
  public void away(boolean away) {
    this.away = away;
  }

  /** How often it has been read. */
  public int readings() {
    return readings;
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
  public int retire(double grace, double silence) {
    throw new UnsupportedOperationException("the database decides this");
  }

  @Override
  public int revive(double silence) {
    throw new UnsupportedOperationException("the database decides this");
  }

  @Override
  public List<Sighting> findSightings(double seconds) {
    if (away) {
      throw new DataAccessResourceFailureException("away");
    }
    askedSeconds = seconds;
    readings++;
    return List.copyOf(sightings);
  }
}
