package io.mlp.api.model;

import static java.util.stream.Collectors.groupingBy;

import io.mlp.api.model.RegisteredVersions.Sighting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the live workers say of the versions in their repositories. */
final class Sightings {
  private record Place(String model, int version) {}

  private final List<Sighting> all;
  private final Map<Place, List<Sighting>> byVersion;

  Sightings(List<Sighting> all) {
    this.all = all;
    this.byVersion =
        all.stream().collect(groupingBy(it -> new Place(it.getModel(), it.getVersion())));
  }

  /** Names of those that serve these bytes. */
  List<String> workers(String model, int version, String digest) {
    return of(model, version)
        .filter(it -> digest.equals(it.getDigest()))
        .map(Sighting::getWorker)
        .toList();
  }

  /** Other bytes that are served under that version or wait to be, a worker's own ones once. */
  List<OtherBytes> conflicts(String model, int version, String digest) {
    return of(model, version)
        .flatMap(it ->
            Stream.of(it.getDigest(), it.getOffered())
                .flatMap(Stream::ofNullable)
                .filter(other -> !other.equals(digest))
                .map(other -> new OtherBytes(it.getWorker(), other)))
        .distinct()
        .toList();
  }

  private Stream<Sighting> of(String model, int version) {
    return byVersion.getOrDefault(new Place(model, version), List.of()).stream();
  }

  /** Files that do not load, whether or not something else is served in their stead. */
  List<RefusedVersion> refused() {
    List<RefusedVersion> refused = new ArrayList<>();
    for (Sighting it : all) {
      String reason = it.getReason();
      if (reason != null) {
        refused.add(new RefusedVersion(it.getModel(), it.getVersion(), it.getWorker(), reason));
      }
    }
    return refused;
  }
}
