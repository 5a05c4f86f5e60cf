package io.mlp.api.model;

import java.util.List;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** The catalogue as workers have registered it. */
interface RegisteredVersions extends Repository<RegisteredVersion, Integer> {

  List<RegisteredVersion> findAll();

  /** What the workers that have been seen within the given time found in their repositories. */
  @Query(
      nativeQuery = true,
      value =
          """
          select wm.model as model, wm.version as version, wm.state as state,
                 wm.digest as digest, wm.reason as reason, w.name as worker
          from worker_model wm join worker w on w.id = wm.worker_id
          where w.seen_at > now() - make_interval(secs => :seconds)
          order by wm.model, wm.version, w.name
          """)
  List<Sighting> findSightings(double seconds);

  /** What one worker says of one version. */
  interface Sighting {
    String getModel();

    int getVersion();

    String getState();

    @org.jspecify.annotations.Nullable
    String getDigest();

    @org.jspecify.annotations.Nullable
    String getReason();

    String getWorker();
  }
}
